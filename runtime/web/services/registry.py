"""All services of the web app, connected to AWS."""

from dataclasses import dataclass
from typing import Self

from runtime.common.api_tokens import ApiTokens
from runtime.common.audit import AuditLog
from runtime.common.job import Job
from runtime.common.jobs import JobLists, OwnerActions
from runtime.common.mail_choices import MailChoices
from runtime.common.reference import Reference
from runtime.common.references import References
from runtime.common.sessions import Sessions
from runtime.common.users import Role, User, UserStore
from runtime.contract.processes import WebConfig
from runtime.web.services.account_service import AccountService
from runtime.web.services.billing.billing_services import BillingServices
from runtime.web.services.email_change import EmailChangeService
from runtime.web.services.example_job import ExampleJob
from runtime.web.services.exports.export_service import ExportService
from runtime.web.services.file_reference import FileReference
from runtime.web.services.health_checks import HealthMonitor
from runtime.web.services.idempotency import IdempotencyKeys
from runtime.web.services.job_changes import JobChanges
from runtime.web.services.job_wait import JobWaits
from runtime.web.services.openid.institution_accounts import InstitutionAccounts
from runtime.web.services.openid.institutions import Institutions
from runtime.web.services.operations.operations import Operations
from runtime.web.services.operator_service import OperatorService
from runtime.web.services.plan_facts import PlanFacts, plan_facts
from runtime.web.services.rate_limit import RateLimiter
from runtime.web.services.reference_files import ReferenceFiles
from runtime.web.services.remarks import RemarkService
from runtime.web.services.removal_requests import AccountDeletion
from runtime.web.services.result_retention import RetentionService
from runtime.web.services.results import ResultService
from runtime.web.services.resumable_uploads import ResumableUploads
from runtime.web.services.saved_filters import SavedFilters
from runtime.web.services.second_factor import SecondFactor
from runtime.web.services.service_factory import ServiceFactory
from runtime.web.services.sharing import Sharing
from runtime.web.services.upload_service import UploadService
from runtime.web.services.variants.explorer import VariantService
from runtime.web.services.wait_status import JobQueue
from runtime.web.services.webhook_settings import WebhookSettings


@dataclass(frozen=True, kw_only=True)
class Services:
    """What the pages and the API use."""

    users: UserStore
    sessions: Sessions
    audit: AuditLog
    operator: OperatorService
    operations: Operations
    accounts: AccountService
    second_factor: SecondFactor
    institutions: Institutions
    institution_accounts: InstitutionAccounts
    email_change: EmailChangeService
    account_deletion: AccountDeletion
    jobs: JobLists
    owner_actions: OwnerActions
    job_queue: JobQueue
    uploads: UploadService
    resumable_uploads: ResumableUploads
    example: ExampleJob
    sharing: Sharing
    remarks: RemarkService
    saved_filters: SavedFilters
    results: ResultService
    retention: RetentionService
    references: References
    reference_files: ReferenceFiles
    file_reference: FileReference
    variants: VariantService
    exports: ExportService
    billing: BillingServices
    webhook: WebhookSettings
    health: HealthMonitor
    api_tokens: ApiTokens
    mail_choices: MailChoices
    idempotency: IdempotencyKeys
    job_changes: JobChanges
    job_waits: JobWaits
    limiter: RateLimiter

    @classmethod
    def connect(cls, config: WebConfig, secret: str) -> Self:
        """Create the services that `config` describes.

        Args:
            secret: signs upload tickets and emailed links; the same on every instance.

        Raises:
            ReferenceUnreadable: a reference bundle isn't there.
        """
        make = ServiceFactory(config, secret)
        return cls(
            users=make.users,
            sessions=Sessions(make.users_table),
            audit=make.audit,
            accounts=make.accounts,
            second_factor=make.second_factor,
            institutions=make.institutions,
            institution_accounts=InstitutionAccounts(make.accounts, make.identities),
            email_change=make.email_change,
            account_deletion=make.account_deletion,
            operator=make.operator,
            operations=Operations.connect(config),
            jobs=make.jobs,
            owner_actions=make.owner_actions,
            job_queue=make.job_queue,
            uploads=make.uploads,
            resumable_uploads=ResumableUploads(make.uploads),
            example=make.example,
            sharing=make.sharing,
            remarks=make.remarks,
            saved_filters=SavedFilters(make.owned_items),
            results=make.results,
            retention=make.retention,
            references=make.references,
            reference_files=make.reference_files,
            file_reference=FileReference(make.references, make.reference_files),
            variants=make.variants,
            exports=ExportService.connect(config, make.s3, make.results),
            billing=make.billing,
            webhook=make.webhook,
            health=make.health,
            api_tokens=make.api_tokens,
            mail_choices=MailChoices(make.users_table),
            idempotency=IdempotencyKeys(make.owned_items),
            job_changes=make.job_changes,
            job_waits=JobWaits(make.jobs.get),
            limiter=make.limiter,
        )

    def plan_of(self, user: User) -> PlanFacts:
        """Return what a user's plan allows."""
        free, premium = plan_facts(self.uploads.limits, self.uploads.work, self.billing)
        return free if user.role is Role.FREE_USER else premium

    def reference_of(self, job: Job) -> Reference | None:
        """Return the reference of a job, in the version that is offered now.

        None where it isn't offered any more: its result is still there, made with a reference that
        the pages can't look into.
        """
        return self.references.get(job.reference)
