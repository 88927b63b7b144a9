"""Makes the services of the web app, with what they share."""

from functools import cached_property
from typing import TYPE_CHECKING

from runtime.common import aws
from runtime.common.account_standing import AccountStanding
from runtime.common.api_tokens import ApiTokens
from runtime.common.audit import AuditLog, LockedCopies
from runtime.common.email_changes import EmailChanges
from runtime.common.jobs import JobLists, OpenJobs, OwnerActions, Removals
from runtime.common.linked_identities import LinkedIdentities
from runtime.common.mail import Mailer
from runtime.common.owned_items import OwnedItems
from runtime.common.queues import Queue
from runtime.common.references import References
from runtime.common.retention_rule import RetentionRule
from runtime.common.shares import Shares
from runtime.common.topics import Topic
from runtime.common.users import UserStore
from runtime.common.webhooks import Webhooks
from runtime.contract.issuers import decode_issuers
from runtime.contract.processes import WebConfig
from runtime.web.services.account_service import AccountService
from runtime.web.services.billing.billing_services import BillingServices
from runtime.web.services.completion_rate import CompletionRate
from runtime.web.services.email_change import EmailChangeService
from runtime.web.services.example_job import ExampleJob
from runtime.web.services.health_checks import HealthMonitor, aws_probes
from runtime.web.services.job_changes import JobChanges
from runtime.web.services.mail_links import LinkSigner
from runtime.web.services.openid.client_secrets import ClientSecrets
from runtime.web.services.openid.institutions import Institutions
from runtime.web.services.operator_service import OperatorService
from runtime.web.services.rate_limit import RateLimiter
from runtime.web.services.reference_files import ReferenceFiles
from runtime.web.services.remarks import RemarkService
from runtime.web.services.removal_requests import AccountDeletion, JobRemoval
from runtime.web.services.result_retention import RetentionService
from runtime.web.services.results import ResultService
from runtime.web.services.second_factor import SecondFactor
from runtime.web.services.secret_box import SecretBox
from runtime.web.services.sharing import Sharing
from runtime.web.services.tickets import TicketSigner
from runtime.web.services.upload_service import UploadLimits, UploadService
from runtime.web.services.variants.explorer import VariantService
from runtime.web.services.wait_status import JobQueue
from runtime.web.services.webhook_settings import WebhookSettings
from runtime.web.services.work_limits import PlanLimits, WorkLimits

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_s3 import S3Client


class ServiceFactory:
    """Makes what services share, and those that take more than one line to make: each once.

    Args:
        secret: signs upload tickets and emailed links; the same on every instance.
    """

    def __init__(self, config: WebConfig, secret: str) -> None:
        self._config = config
        self._secret = secret

    @cached_property
    def s3(self) -> "S3Client":
        """A client, as all that follow: it doesn't ask AWS before it is used."""
        return aws.client("s3")

    @cached_property
    def users_table(self) -> "Table":
        """What is asked of it is in `runtime.common`."""
        return aws.table(self._config.users_table)

    @cached_property
    def _annotations(self) -> "Table":
        return aws.table(self._config.annotations_table)

    @cached_property
    def _ephemeral(self) -> "Table":
        return aws.table(self._config.ephemeral_table)

    @cached_property
    def _job_requests(self) -> Topic:
        return Topic(aws.client("sns"), self._config.job_requests_topic_arn)

    @cached_property
    def _removals(self) -> Queue:
        return Queue(aws.client("sqs"), self._config.removals_queue_url)

    @cached_property
    def _mailer(self) -> Mailer:
        return Mailer(aws.client("sesv2"), self._config.mail_sender)

    @cached_property
    def users(self) -> UserStore:
        return UserStore(self.users_table)

    @cached_property
    def jobs(self) -> JobLists:
        return JobLists(self._annotations)

    @cached_property
    def owner_actions(self) -> OwnerActions:
        return OwnerActions(self._annotations)

    @cached_property
    def owned_items(self) -> OwnedItems:
        return OwnedItems(aws.table(self._config.owned_items_table))

    @cached_property
    def references(self) -> References:
        return References.load(self._config.references_dir)

    @cached_property
    def reference_files(self) -> ReferenceFiles:
        return ReferenceFiles(self.s3)

    @cached_property
    def limiter(self) -> RateLimiter:
        return RateLimiter(self._ephemeral)

    @cached_property
    def audit(self) -> AuditLog:
        bucket = self._config.audit_bucket
        return AuditLog(
            aws.table(self._config.audit_table),
            days=self._config.audit_days,
            copies=LockedCopies(self.s3, bucket) if bucket else None,
        )

    @cached_property
    def accounts(self) -> AccountService:
        return AccountService(
            users=self.users,
            mailer=self._mailer,
            links=LinkSigner(self._secret),
            limiter=self.limiter,
            site_url=self._config.site_url,
            client_tries=self._config.client_tries,
        )

    @cached_property
    def api_tokens(self) -> ApiTokens:
        return ApiTokens(self.owned_items)

    @cached_property
    def second_factor(self) -> SecondFactor:
        return SecondFactor(
            items=self.owned_items,
            box=SecretBox(self._secret, "second factor"),
            limiter=self.limiter,
        )

    @cached_property
    def identities(self) -> LinkedIdentities:
        return LinkedIdentities(self.users_table, self.users)

    @cached_property
    def institutions(self) -> Institutions:
        return Institutions(
            decode_issuers(self._config.sign_in_issuers),
            ClientSecrets(aws.client("secretsmanager"), self._config.sign_in_secret_arn),
            site_url=self._config.site_url,
        )

    @cached_property
    def email_change(self) -> EmailChangeService:
        return EmailChangeService(
            self.accounts,
            EmailChanges(self.users_table),
            self.billing.synchronizer,
            self.api_tokens,
            self.owned_items,
            self.identities,
        )

    @cached_property
    def account_deletion(self) -> AccountDeletion:
        return AccountDeletion(
            self.users,
            self._removals,
            before=[
                self.billing.subscriptions.delete_customer,
                self.sharing.leave_all,
                self.remarks.forget,
            ],
        )

    @cached_property
    def billing(self) -> BillingServices:
        return BillingServices.connect(self._config)

    @cached_property
    def operator(self) -> OperatorService:
        return OperatorService(
            users=self.users,
            standing=AccountStanding(self.users_table),
            deletion=self.account_deletion,
            jobs=OpenJobs(self._annotations),
            lists=self.jobs,
            requests=self._job_requests,
        )

    @cached_property
    def job_queue(self) -> JobQueue:
        return JobQueue(OpenJobs(self._annotations).open_jobs, CompletionRate(self._ephemeral))

    @cached_property
    def uploads(self) -> UploadService:
        return UploadService(
            s3=self.s3,
            bucket=self._config.inputs_bucket,
            jobs=self.owner_actions,
            job_requests=self._job_requests,
            signer=TicketSigner(self._secret),
            limits=UploadLimits(self._config.free_max_upload_bytes),
            work=self._work_limits(),
            references=self.references,
            operator=self.operator,
        )

    def _work_limits(self) -> WorkLimits:
        config = self._config
        return WorkLimits(
            free=PlanLimits(config.free_jobs_per_hour, config.free_waiting_jobs),
            premium=PlanLimits(config.premium_jobs_per_hour, config.premium_waiting_jobs),
            limiter=self.limiter,
            jobs=self.jobs,
        )

    @cached_property
    def example(self) -> ExampleJob:
        return ExampleJob(
            s3=self.s3,
            bucket=self._config.inputs_bucket,
            jobs=self.owner_actions,
            job_requests=self._job_requests,
            references=self.references,
        )

    @cached_property
    def sharing(self) -> Sharing:
        return Sharing(
            shares=Shares(self.owned_items),
            jobs=self.jobs,
            users=self.users,
            example=self.example,
            mailer=self._mailer,
            limiter=self.limiter,
            site_url=self._config.site_url,
        )

    @cached_property
    def remarks(self) -> RemarkService:
        return RemarkService(items=self.owned_items, limiter=self.limiter)

    @cached_property
    def results(self) -> ResultService:
        return ResultService(self.s3, self._config.results_bucket)

    @cached_property
    def retention(self) -> RetentionService:
        return RetentionService(
            RetentionRule(self._config.free_retention_seconds),
            Queue(aws.client("sqs"), self._config.restore_requests_queue_url),
        )

    @cached_property
    def variants(self) -> VariantService:
        bucket = self._config.results_bucket
        return VariantService.connect(self.s3, bucket, self.references, self.remarks.starred)

    @cached_property
    def job_changes(self) -> JobChanges:
        removal = JobRemoval(Removals(self._annotations), self._removals)
        return JobChanges(self.owner_actions, removal, self.variants.evict)

    @cached_property
    def webhook(self) -> WebhookSettings:
        return WebhookSettings(
            webhooks=Webhooks(self.owned_items),
            queue=Queue(aws.client("sqs"), self._config.webhooks_queue_url),
            limiter=self.limiter,
            any_address=self._config.webhooks_any_address,
        )

    @cached_property
    def health(self) -> HealthMonitor:
        buckets = {"inputs": self._config.inputs_bucket, "results": self._config.results_bucket}
        probes = aws_probes(users=self.users, jobs=self.jobs, s3=self.s3, buckets=buckets)
        return HealthMonitor(probes)
