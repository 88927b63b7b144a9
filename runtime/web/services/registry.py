"""All services of the web app, connected to AWS."""

from dataclasses import dataclass
from typing import Self

from runtime.common import aws
from runtime.common.account_standing import AccountStanding
from runtime.common.api_tokens import ApiTokens
from runtime.common.audit import AuditLog, LockedCopies
from runtime.common.email_changes import EmailChanges
from runtime.common.figure_items import FigureItems
from runtime.common.job import Job
from runtime.common.jobs import JobLists, OpenJobs, OwnerActions, Removals
from runtime.common.linked_identities import LinkedIdentities
from runtime.common.mail import Mailer
from runtime.common.mail_choices import MailChoices
from runtime.common.owned_items import OwnedItems
from runtime.common.queues import Queue
from runtime.common.reference import Reference
from runtime.common.references import References
from runtime.common.retention_rule import RetentionRule
from runtime.common.sessions import Sessions
from runtime.common.shares import Shares
from runtime.common.topics import Topic
from runtime.common.users import Role, User, UserStore
from runtime.common.webhooks import Webhooks
from runtime.contract.issuers import decode_issuers
from runtime.contract.processes import WebConfig
from runtime.web.services.account_service import AccountService
from runtime.web.services.billing.billing_services import BillingServices
from runtime.web.services.completion_rate import CompletionRate
from runtime.web.services.email_change import EmailChangeService
from runtime.web.services.example_job import ExampleJob
from runtime.web.services.exports.export_service import ExportService
from runtime.web.services.figures.accounts import AccountFiguresService
from runtime.web.services.figures.storage import StorageFiguresService
from runtime.web.services.figures.throughput import ThroughputService
from runtime.web.services.file_reference import FileReference
from runtime.web.services.health_checks import HealthMonitor, aws_probes
from runtime.web.services.idempotency import IdempotencyKeys
from runtime.web.services.job_changes import JobChanges
from runtime.web.services.job_wait import JobWaits
from runtime.web.services.mail_links import LinkSigner
from runtime.web.services.openid.client_secrets import ClientSecrets
from runtime.web.services.openid.institution_accounts import InstitutionAccounts
from runtime.web.services.openid.institutions import Institutions
from runtime.web.services.operations.operations import Operations
from runtime.web.services.operator_service import OperatorService
from runtime.web.services.plan_facts import PlanFacts, plan_facts
from runtime.web.services.rate_limit import RateLimiter
from runtime.web.services.reference_files import ReferenceFiles
from runtime.web.services.remarks import RemarkService
from runtime.web.services.removal_requests import AccountDeletion, JobRemoval
from runtime.web.services.result_retention import RetentionService
from runtime.web.services.results import ResultService
from runtime.web.services.resumable_uploads import ResumableUploads
from runtime.web.services.saved_filters import SavedFilters
from runtime.web.services.second_factor import SecondFactor
from runtime.web.services.secret_box import SecretBox
from runtime.web.services.sharing import Sharing
from runtime.web.services.tickets import TicketSigner
from runtime.web.services.upload_service import UploadLimits, UploadService
from runtime.web.services.variants.explorer import VariantService
from runtime.web.services.wait_status import JobQueue
from runtime.web.services.webhook_settings import WebhookSettings
from runtime.web.services.work_limits import PlanLimits, WorkLimits


@dataclass(frozen=True, kw_only=True)
class Services:
    """What the pages and the API use."""

    users: UserStore
    sessions: Sessions
    audit: AuditLog
    operator: OperatorService
    throughput: ThroughputService
    account_figures: AccountFiguresService
    storage_figures: StorageFiguresService
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
    job_removal: JobRemoval
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
        s3 = aws.client("s3")
        references = References.load(config.references_dir)
        annotations = aws.table(config.annotations_table)
        jobs, owner_actions = JobLists(annotations), OwnerActions(annotations)
        users = UserStore(aws.table(config.users_table))
        removals = Queue(aws.client("sqs"), config.removals_queue_url)
        billing = BillingServices.connect(config)
        results = ResultService(s3, config.results_bucket)
        owned_items = OwnedItems(aws.table(config.owned_items_table))
        remarks = _remarks(config, owned_items)
        variants = VariantService.connect(s3, config.results_bucket, references, remarks.starred)
        job_removal = JobRemoval(Removals(annotations), removals)
        buckets = {"inputs": config.inputs_bucket, "results": config.results_bucket}
        accounts = _accounts(config, users, secret)
        api_tokens = ApiTokens(owned_items)
        identities = LinkedIdentities(aws.table(config.users_table), users)
        example = _example(config, owner_actions, references)
        figures = FigureItems(aws.table(config.ephemeral_table))
        sharing = _sharing(config, owned_items, jobs, users, example)
        uploads = _uploads(config, owner_actions, jobs, references, secret)
        deletion = AccountDeletion(
            users,
            removals,
            before=[billing.subscriptions.delete_customer, sharing.leave_all, remarks.forget],
        )
        return cls(
            users=users,
            sessions=Sessions(aws.table(config.users_table)),
            audit=_audit(config),
            accounts=accounts,
            second_factor=_second_factor(config, owned_items, secret),
            institutions=_institutions(config),
            institution_accounts=InstitutionAccounts(accounts, identities),
            email_change=EmailChangeService(
                accounts,
                EmailChanges(aws.table(config.users_table)),
                billing.synchronizer,
                api_tokens,
                owned_items,
                identities,
            ),
            account_deletion=deletion,
            operator=_operator(config, users, deletion),
            throughput=ThroughputService(figures),
            account_figures=AccountFiguresService(figures),
            storage_figures=StorageFiguresService(figures),
            operations=Operations.connect(config),
            jobs=jobs,
            owner_actions=owner_actions,
            job_queue=JobQueue(
                OpenJobs(annotations).open_jobs, CompletionRate(aws.table(config.ephemeral_table))
            ),
            job_removal=job_removal,
            uploads=uploads,
            resumable_uploads=ResumableUploads(uploads),
            example=example,
            sharing=sharing,
            remarks=remarks,
            saved_filters=SavedFilters(owned_items),
            results=results,
            retention=RetentionService(
                RetentionRule(config.free_retention_seconds),
                Queue(aws.client("sqs"), config.restore_requests_queue_url),
            ),
            references=references,
            reference_files=ReferenceFiles(s3),
            file_reference=FileReference(references, ReferenceFiles(s3)),
            variants=variants,
            exports=ExportService.connect(config, s3, results),
            billing=billing,
            webhook=_webhook(config),
            health=HealthMonitor(aws_probes(users=users, jobs=jobs, s3=s3, buckets=buckets)),
            api_tokens=api_tokens,
            mail_choices=MailChoices(aws.table(config.users_table)),
            idempotency=IdempotencyKeys(owned_items),
            job_changes=JobChanges(owner_actions, job_removal, variants.evict),
            job_waits=JobWaits(jobs.get),
            limiter=RateLimiter(aws.table(config.ephemeral_table)),
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


def _example(config: WebConfig, owner_actions: OwnerActions, references: References) -> ExampleJob:
    return ExampleJob(
        s3=aws.client("s3"),
        bucket=config.inputs_bucket,
        jobs=owner_actions,
        job_requests=Topic(aws.client("sns"), config.job_requests_topic_arn),
        references=references,
    )


def _operator(config: WebConfig, users: UserStore, deletion: AccountDeletion) -> OperatorService:
    return OperatorService(
        users=users,
        standing=AccountStanding(aws.table(config.users_table)),
        deletion=deletion,
        jobs=OpenJobs(aws.table(config.annotations_table)),
        lists=JobLists(aws.table(config.annotations_table)),
        requests=Topic(aws.client("sns"), config.job_requests_topic_arn),
    )


def _remarks(config: WebConfig, owned_items: OwnedItems) -> RemarkService:
    return RemarkService(items=owned_items, limiter=RateLimiter(aws.table(config.ephemeral_table)))


def _sharing(
    config: WebConfig,
    owned_items: OwnedItems,
    jobs: JobLists,
    users: UserStore,
    example: ExampleJob,
) -> Sharing:
    return Sharing(
        shares=Shares(owned_items),
        jobs=jobs,
        users=users,
        example=example,
        mailer=Mailer(aws.client("sesv2"), config.mail_sender),
        limiter=RateLimiter(aws.table(config.ephemeral_table)),
        site_url=config.site_url,
    )


def _uploads(
    config: WebConfig,
    owner_actions: OwnerActions,
    jobs: JobLists,
    references: References,
    secret: str,
) -> UploadService:
    return UploadService(
        s3=aws.client("s3"),
        bucket=config.inputs_bucket,
        jobs=owner_actions,
        job_requests=Topic(aws.client("sns"), config.job_requests_topic_arn),
        signer=TicketSigner(secret),
        limits=UploadLimits(config.free_max_upload_bytes),
        work=_work_limits(config, jobs),
        references=references,
    )


def _work_limits(config: WebConfig, jobs: JobLists) -> WorkLimits:
    return WorkLimits(
        free=PlanLimits(config.free_jobs_per_hour, config.free_waiting_jobs),
        premium=PlanLimits(config.premium_jobs_per_hour, config.premium_waiting_jobs),
        limiter=RateLimiter(aws.table(config.ephemeral_table)),
        jobs=jobs,
    )


def _audit(config: WebConfig) -> AuditLog:
    bucket = config.audit_bucket
    return AuditLog(
        aws.table(config.audit_table),
        days=config.audit_days,
        copies=LockedCopies(aws.client("s3"), bucket) if bucket else None,
    )


def _accounts(config: WebConfig, users: UserStore, secret: str) -> AccountService:
    return AccountService(
        users=users,
        mailer=Mailer(aws.client("sesv2"), config.mail_sender),
        links=LinkSigner(secret),
        limiter=RateLimiter(aws.table(config.ephemeral_table)),
        site_url=config.site_url,
        client_tries=config.client_tries,
    )


def _second_factor(config: WebConfig, owned_items: OwnedItems, secret: str) -> SecondFactor:
    return SecondFactor(
        items=owned_items,
        box=SecretBox(secret, "second factor"),
        limiter=RateLimiter(aws.table(config.ephemeral_table)),
    )


def _institutions(config: WebConfig) -> Institutions:
    secrets = ClientSecrets(aws.client("secretsmanager"), config.sign_in_secret_arn)
    issuers = decode_issuers(config.sign_in_issuers)
    return Institutions(issuers, secrets, site_url=config.site_url)


def _webhook(config: WebConfig) -> WebhookSettings:
    return WebhookSettings(
        webhooks=Webhooks(OwnedItems(aws.table(config.owned_items_table))),
        queue=Queue(aws.client("sqs"), config.webhooks_queue_url),
        limiter=RateLimiter(aws.table(config.ephemeral_table)),
        any_address=config.webhooks_any_address,
    )
