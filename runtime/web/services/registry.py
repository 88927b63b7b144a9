"""All services of the web app, connected to AWS."""

from dataclasses import dataclass
from typing import Self

from runtime.common import aws
from runtime.common.jobs import JobStore
from runtime.common.mail import Mailer
from runtime.common.queues import Queue
from runtime.common.reference import Reference
from runtime.common.retention import Retention
from runtime.common.topics import Topic
from runtime.common.users import UserStore
from runtime.contract.processes import WebConfig
from runtime.web.services.accounts import AccountService
from runtime.web.services.billing.services import Billing
from runtime.web.services.deletion import AccountDeletion
from runtime.web.services.health import HealthMonitor
from runtime.web.services.keeping import KeepingService
from runtime.web.services.links import LinkSigner
from runtime.web.services.pace import Pace
from runtime.web.services.plans import Plans
from runtime.web.services.probes import probes
from runtime.web.services.removals import RemovalService
from runtime.web.services.results import ResultService
from runtime.web.services.throttle import Throttle
from runtime.web.services.tickets import TicketSigner
from runtime.web.services.uploads import UploadService
from runtime.web.services.variants.explorer import VariantService
from runtime.web.services.waiting import WaitingLine


@dataclass(frozen=True, kw_only=True)
class Services:
    """What the pages, and later an API, stand on."""

    plans: Plans
    users: UserStore
    accounts: AccountService
    deletion: AccountDeletion
    jobs: JobStore
    uploads: UploadService
    results: ResultService
    keeping: KeepingService
    reference: Reference
    variants: VariantService
    removals: Queue
    removal: RemovalService
    waiting: WaitingLine
    billing: Billing
    health: HealthMonitor

    @classmethod
    def connect(cls, config: WebConfig, secret: str) -> Self:
        """Make the services that `config` describes.

        Args:
            secret: signs upload tickets and mailed links; the same on every instance.

        Raises:
            ReferenceUnreadable: the reference bundle isn't there.
        """
        s3 = aws.client("s3")
        reference = Reference.load(config.bundle_dir)
        jobs = JobStore(aws.table(config.annotations_table))
        users = UserStore(aws.table(config.users_table))
        removals = Queue(aws.client("sqs"), config.removals_queue_url)
        plans = Plans(config.free_max_upload_bytes)
        billing = Billing.connect(config)
        buckets = {"inputs": config.inputs_bucket, "results": config.results_bucket}
        return cls(
            plans=plans,
            users=users,
            accounts=_accounts(config, users, secret),
            deletion=AccountDeletion(users, removals, before=[billing.subscriptions.end_all]),
            jobs=jobs,
            uploads=UploadService(
                s3=s3,
                bucket=config.inputs_bucket,
                jobs=jobs,
                job_requests=Topic(aws.client("sns"), config.job_requests_topic_arn),
                signer=TicketSigner(secret),
                plans=plans,
            ),
            results=ResultService(s3, config.results_bucket),
            keeping=KeepingService(
                Retention(config.free_retention_seconds),
                Queue(aws.client("sqs"), config.restore_requests_queue_url),
            ),
            removals=removals,
            removal=RemovalService(jobs, removals),
            waiting=WaitingLine(jobs.open_jobs, Pace(aws.table(config.ephemeral_table))),
            reference=reference,
            variants=VariantService.connect(s3, config.results_bucket, reference),
            billing=billing,
            health=HealthMonitor(probes(users=users, jobs=jobs, s3=s3, buckets=buckets)),
        )


def _accounts(config: WebConfig, users: UserStore, secret: str) -> AccountService:
    return AccountService(
        users=users,
        mailer=Mailer(aws.client("sesv2"), config.mail_sender),
        links=LinkSigner(secret),
        throttle=Throttle(aws.table(config.ephemeral_table)),
        site_url=config.site_url,
        client_tries=config.client_tries,
    )
