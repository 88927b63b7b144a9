"""The settings of each process."""

from typing import Annotated, ClassVar

from pydantic import NonNegativeInt, PositiveInt, StringConstraints

from runtime.contract.environment import Environment
from runtime.contract.s3 import RestoreTier, StorageClass
from runtime.contract.setting_types import (
    CONSUMED,
    ConsumedQueueUrl,
    Email,
    HttpUrl,
    Issuers,
    Origins,
    Port,
    ReferencesDir,
    RoleArn,
    SecretArn,
    Share,
    Text,
    TopicArn,
    WorkQueues,
)

STRIPE_URL = "https://api.stripe.com"
"""Stripe itself. Only a laptop's instances are told another address."""

AGENT_TRACES_URL = "http://127.0.0.1:4318/v1/traces"
"""Where the CloudWatch agent of an instance takes spans, as OTLP over HTTP."""


class Config(Environment):
    """What every process needs.

    Attributes:
        process: its name, by which `runtime/boot/start.sh` starts it.
    """

    process: ClassVar[str]

    stage: Text
    region: Text


class LifecycleConfig(Config):
    """Settings of what watches for the end of an instance, on each that has a lifecycle hook."""

    process = "lifecycle"

    lifecycle_hook: Text


class ProcessConfig(Config):
    """What every process that handles jobs or users needs.

    Attributes:
        traces_url: where it sends its spans, as OTLP over HTTP; None in a stage without traces.
        traces_ratio: the share of the traces that begin in this process and are recorded.
    """

    annotations_table: Text
    traces_url: HttpUrl | None = None
    traces_ratio: Share = 1.0


class WorkerConfig(ProcessConfig):
    """What every process that takes messages off a queue needs."""

    @classmethod
    def consumed(cls) -> str:
        """Return the field of the queue whose messages the process takes."""
        [field] = [name for name, found in cls.model_fields.items() if CONSUMED in found.metadata]
        return field

    @property
    def queue_url(self) -> str:
        """The URL of the queue whose messages the process takes."""
        return str(getattr(self, self.consumed()))


class WebConfig(ProcessConfig):
    """Settings of the web process.

    Attributes:
        audit_bucket: with Object Lock, for copies of audit records; empty in a stage without.
        operator_role_arn: of the role that web takes while it answers an operator.
        load_balancer: its name in CloudWatch.
        monthly_budget_usd: 0 in a stage without a budget.
    """

    process = "web"

    inputs_bucket: Text
    results_bucket: Text
    users_table: Text
    ephemeral_table: Text
    owned_items_table: Text
    audit_table: Text
    audit_days: PositiveInt
    audit_bucket: str
    job_requests_topic_arn: TopicArn
    restore_requests_queue_url: HttpUrl
    mail_sender: Email
    digest_seconds: PositiveInt
    removals_queue_url: HttpUrl
    work_queues: WorkQueues
    operator_role_arn: RoleArn
    webhooks_queue_url: HttpUrl
    webhooks_any_address: bool
    load_balancer: Text
    site_url: HttpUrl
    docs_url: Annotated[str, StringConstraints(pattern=r"^(https?://\S+)?$")]
    api_origins: Origins
    session_secret_arn: SecretArn
    client_tries: PositiveInt
    free_max_upload_bytes: PositiveInt
    free_retention_seconds: PositiveInt
    free_jobs_per_hour: PositiveInt
    premium_jobs_per_hour: PositiveInt
    free_waiting_jobs: PositiveInt
    premium_waiting_jobs: PositiveInt
    genotype_samples: NonNegativeInt
    inputs_days: PositiveInt
    logs_days: PositiveInt
    sign_in_issuers: Issuers
    sign_in_secret_arn: SecretArn
    stripe_plan: Text
    stripe_publishable_key: Text
    stripe_secret_arn: SecretArn
    stripe_grace_days: PositiveInt
    monthly_budget_usd: NonNegativeInt
    stripe_url: HttpUrl = STRIPE_URL
    http_port: Port
    references_dir: ReferencesDir


class AnnotatorConfig(WorkerConfig):
    """Settings of the annotator process."""

    process = "annotator"

    results_bucket: Text
    job_requests_queue_url: ConsumedQueueUrl
    job_results_topic_arn: TopicArn
    references_dir: ReferencesDir
    genotype_samples: NonNegativeInt
    scale_in_protection: bool


class NotifyConfig(WorkerConfig):
    """Settings of the notify process."""

    process = "notify"

    users_table: Text
    owned_items_table: Text
    job_results_notify_queue_url: ConsumedQueueUrl
    digest_seconds: PositiveInt
    free_retention_seconds: PositiveInt
    mail_sender: Email
    site_url: HttpUrl


class ArchiveConfig(WorkerConfig):
    """Settings of the archive process."""

    process = "archive"

    results_bucket: Text
    archive_bucket: Text
    users_table: Text
    job_results_archive_queue_url: ConsumedQueueUrl
    restore_requests_queue_url: HttpUrl
    surplus_copies_queue_url: HttpUrl
    result_moves_topic_arn: TopicArn
    free_retention_seconds: PositiveInt
    archive_storage_class: StorageClass


class RestoreConfig(WorkerConfig):
    """Settings of the restore process."""

    process = "restore"

    archive_bucket: Text
    users_table: Text
    ephemeral_table: Text
    restore_requests_queue_url: ConsumedQueueUrl
    restore_completed_queue_url: HttpUrl
    job_results_archive_queue_url: HttpUrl
    free_retention_seconds: PositiveInt
    restore_tier: RestoreTier
    mail_sender: Email
    site_url: HttpUrl


class ThawConfig(WorkerConfig):
    """Settings of the thaw process."""

    process = "thaw"

    results_bucket: Text
    archive_bucket: Text
    users_table: Text
    restore_completed_queue_url: ConsumedQueueUrl
    job_results_archive_queue_url: HttpUrl
    surplus_copies_queue_url: HttpUrl
    result_moves_topic_arn: TopicArn
    free_retention_seconds: PositiveInt
    restore_tier: RestoreTier


class JanitorConfig(WorkerConfig):
    """Settings of the janitor process."""

    process = "janitor"

    inputs_bucket: Text
    results_bucket: Text
    archive_bucket: Text
    users_table: Text
    ephemeral_table: Text
    job_requests_topic_arn: TopicArn
    job_results_topic_arn: TopicArn
    job_requests_dlq_url: ConsumedQueueUrl


class RemovalConfig(WorkerConfig):
    """Settings of the removal process."""

    process = "removal"

    inputs_bucket: Text
    results_bucket: Text
    archive_bucket: Text
    users_table: Text
    owned_items_table: Text
    removals_queue_url: ConsumedQueueUrl
    mail_sender: Email
    site_url: HttpUrl


class CleanupConfig(WorkerConfig):
    """Settings of the cleanup process."""

    process = "cleanup"

    results_bucket: Text
    archive_bucket: Text
    surplus_copies_queue_url: ConsumedQueueUrl


class WebhooksConfig(WorkerConfig):
    """Settings of the webhooks process.

    Attributes:
        webhooks_any_address: http, any port and private addresses are allowed. On a laptop.
        events_bus: the EventBridge bus that gets every event; empty where there is none.
    """

    process = "webhooks"

    users_table: Text
    owned_items_table: Text
    webhooks_queue_url: ConsumedQueueUrl
    webhooks_any_address: bool
    events_bus: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._/-]{0,256}$")]
    mail_sender: Email
    site_url: HttpUrl


CONFIGS: dict[str, type[ProcessConfig]] = {
    config.process: config
    for config in (
        WebConfig,
        AnnotatorConfig,
        NotifyConfig,
        ArchiveConfig,
        JanitorConfig,
        RemovalConfig,
        CleanupConfig,
        RestoreConfig,
        ThawConfig,
        WebhooksConfig,
    )
}
"""The settings of each process that a fleet may run, by its name."""
