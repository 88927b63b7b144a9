"""Settings of a process, read once from its environment."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    StringConstraints,
    ValidationError,
)

from runtime.common import env


class ConfigError(Exception):
    """The environment lacks a variable, or holds a malformed one; the message names every one."""


def _without_trailing_slash(url: str) -> str:
    return url.rstrip("/")


Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
TopicArn = Annotated[str, StringConstraints(pattern=r"^arn:[\w-]+:sns:")]
SecretArn = Annotated[str, StringConstraints(pattern=r"^arn:[\w-]+:secretsmanager:")]
HttpUrl = Annotated[
    str, StringConstraints(pattern=r"^https?://[^/\s]+"), AfterValidator(_without_trailing_slash)
]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")]
StorageClass = Literal["GLACIER", "DEEP_ARCHIVE", "GLACIER_IR", "STANDARD_IA"]
STRIPE_URL = "https://api.stripe.com"
"""Stripe itself. Only a laptop's instances are told another address."""

RestoreTier = Literal["Expedited", "Standard", "Bulk"]
Port = Annotated[int, Field(ge=1, le=65535)]


class Config(BaseModel):
    """What every process and the instance's own watcher need."""

    model_config = ConfigDict(frozen=True)

    stage: Annotated[Text, Field(alias=env.STAGE)]
    region: Annotated[Text, Field(alias=env.REGION)]

    @classmethod
    def load(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the settings from `environ`.

        Raises:
            ConfigError: naming every variable that is missing or malformed, and what is wrong.
        """
        names = [str(field.alias) for field in cls.model_fields.values()]
        try:
            return cls.model_validate({name: environ[name] for name in names if name in environ})
        except ValidationError as error:
            faults = [f"  {fault['loc'][0]}: {fault['msg']}" for fault in error.errors()]
            raise ConfigError("\n".join(["the environment is wrong:", *faults])) from error


class LifecycleConfig(Config):
    """Settings of what watches for the end of an instance."""

    lifecycle_hook: Annotated[Text, Field(alias=env.LIFECYCLE_HOOK)]


class ProcessConfig(Config):
    """What every process that handles jobs or users needs."""

    annotations_table: Annotated[Text, Field(alias=env.ANNOTATIONS_TABLE)]


class WebConfig(ProcessConfig):
    """Settings of the web process."""

    inputs_bucket: Annotated[Text, Field(alias=env.INPUTS_BUCKET)]
    results_bucket: Annotated[Text, Field(alias=env.RESULTS_BUCKET)]
    users_table: Annotated[Text, Field(alias=env.USERS_TABLE)]
    ephemeral_table: Annotated[Text, Field(alias=env.EPHEMERAL_TABLE)]
    job_requests_topic_arn: Annotated[TopicArn, Field(alias=env.JOB_REQUESTS_TOPIC_ARN)]
    restore_requests_queue_url: Annotated[HttpUrl, Field(alias=env.RESTORE_REQUESTS_QUEUE_URL)]
    mail_sender: Annotated[Email, Field(alias=env.MAIL_SENDER)]
    removals_queue_url: Annotated[HttpUrl, Field(alias=env.REMOVALS_QUEUE_URL)]
    site_url: Annotated[HttpUrl, Field(alias=env.SITE_URL)]
    session_secret_arn: Annotated[SecretArn, Field(alias=env.SESSION_SECRET_ARN)]
    client_tries: Annotated[PositiveInt, Field(alias=env.CLIENT_TRIES)]
    free_max_upload_bytes: Annotated[PositiveInt, Field(alias=env.FREE_MAX_UPLOAD_BYTES)]
    free_retention_seconds: Annotated[PositiveInt, Field(alias=env.FREE_RETENTION_SECONDS)]
    stripe_plan: Annotated[Text, Field(alias=env.STRIPE_PLAN)]
    stripe_publishable_key: Annotated[Text, Field(alias=env.STRIPE_PUBLISHABLE_KEY)]
    stripe_secret_arn: Annotated[SecretArn, Field(alias=env.STRIPE_SECRET_ARN)]
    stripe_grace_days: Annotated[PositiveInt, Field(alias=env.STRIPE_GRACE_DAYS)]
    stripe_url: Annotated[HttpUrl, Field(alias=env.STRIPE_URL)] = STRIPE_URL
    http_port: Annotated[Port, Field(alias=env.HTTP_PORT)]
    bundle_dir: Annotated[Path, Field(alias=env.BUNDLE_DIR)]


class AnnotatorConfig(ProcessConfig):
    """Settings of the annotator process."""

    inputs_bucket: Annotated[Text, Field(alias=env.INPUTS_BUCKET)]
    results_bucket: Annotated[Text, Field(alias=env.RESULTS_BUCKET)]
    job_requests_queue_url: Annotated[HttpUrl, Field(alias=env.JOB_REQUESTS_QUEUE_URL)]
    job_results_topic_arn: Annotated[TopicArn, Field(alias=env.JOB_RESULTS_TOPIC_ARN)]
    bundle_dir: Annotated[Path, Field(alias=env.BUNDLE_DIR)]
    scale_in_protection: Annotated[bool, Field(alias=env.SCALE_IN_PROTECTION)]


class NotifyConfig(ProcessConfig):
    """Settings of the notify process."""

    users_table: Annotated[Text, Field(alias=env.USERS_TABLE)]
    job_results_notify_queue_url: Annotated[HttpUrl, Field(alias=env.JOB_RESULTS_NOTIFY_QUEUE_URL)]
    mail_sender: Annotated[Email, Field(alias=env.MAIL_SENDER)]
    site_url: Annotated[HttpUrl, Field(alias=env.SITE_URL)]


class ArchiveConfig(ProcessConfig):
    """Settings of the archive process."""

    results_bucket: Annotated[Text, Field(alias=env.RESULTS_BUCKET)]
    archive_bucket: Annotated[Text, Field(alias=env.ARCHIVE_BUCKET)]
    users_table: Annotated[Text, Field(alias=env.USERS_TABLE)]
    job_results_archive_queue_url: Annotated[
        HttpUrl, Field(alias=env.JOB_RESULTS_ARCHIVE_QUEUE_URL)
    ]
    restore_requests_queue_url: Annotated[HttpUrl, Field(alias=env.RESTORE_REQUESTS_QUEUE_URL)]
    free_retention_seconds: Annotated[PositiveInt, Field(alias=env.FREE_RETENTION_SECONDS)]
    archive_storage_class: Annotated[StorageClass, Field(alias=env.ARCHIVE_STORAGE_CLASS)]
    mail_sender: Annotated[Email, Field(alias=env.MAIL_SENDER)]
    site_url: Annotated[HttpUrl, Field(alias=env.SITE_URL)]


class RestoreConfig(ProcessConfig):
    """Settings of the restore process."""

    archive_bucket: Annotated[Text, Field(alias=env.ARCHIVE_BUCKET)]
    users_table: Annotated[Text, Field(alias=env.USERS_TABLE)]
    ephemeral_table: Annotated[Text, Field(alias=env.EPHEMERAL_TABLE)]
    restore_requests_queue_url: Annotated[HttpUrl, Field(alias=env.RESTORE_REQUESTS_QUEUE_URL)]
    restore_completed_queue_url: Annotated[HttpUrl, Field(alias=env.RESTORE_COMPLETED_QUEUE_URL)]
    job_results_archive_queue_url: Annotated[
        HttpUrl, Field(alias=env.JOB_RESULTS_ARCHIVE_QUEUE_URL)
    ]
    free_retention_seconds: Annotated[PositiveInt, Field(alias=env.FREE_RETENTION_SECONDS)]
    restore_tier: Annotated[RestoreTier, Field(alias=env.RESTORE_TIER)]
    mail_sender: Annotated[Email, Field(alias=env.MAIL_SENDER)]
    site_url: Annotated[HttpUrl, Field(alias=env.SITE_URL)]


class ThawConfig(ProcessConfig):
    """Settings of the thaw process."""

    results_bucket: Annotated[Text, Field(alias=env.RESULTS_BUCKET)]
    archive_bucket: Annotated[Text, Field(alias=env.ARCHIVE_BUCKET)]
    users_table: Annotated[Text, Field(alias=env.USERS_TABLE)]
    restore_completed_queue_url: Annotated[HttpUrl, Field(alias=env.RESTORE_COMPLETED_QUEUE_URL)]
    job_results_archive_queue_url: Annotated[
        HttpUrl, Field(alias=env.JOB_RESULTS_ARCHIVE_QUEUE_URL)
    ]
    free_retention_seconds: Annotated[PositiveInt, Field(alias=env.FREE_RETENTION_SECONDS)]
    restore_tier: Annotated[RestoreTier, Field(alias=env.RESTORE_TIER)]
    bundle_dir: Annotated[Path, Field(alias=env.BUNDLE_DIR)]


class JanitorConfig(ProcessConfig):
    """Settings of the janitor process."""

    job_requests_topic_arn: Annotated[TopicArn, Field(alias=env.JOB_REQUESTS_TOPIC_ARN)]
    job_results_topic_arn: Annotated[TopicArn, Field(alias=env.JOB_RESULTS_TOPIC_ARN)]
    job_requests_dlq_url: Annotated[HttpUrl, Field(alias=env.JOB_REQUESTS_DLQ_URL)]


class RemovalConfig(ProcessConfig):
    """Settings of the removal process."""

    inputs_bucket: Annotated[Text, Field(alias=env.INPUTS_BUCKET)]
    results_bucket: Annotated[Text, Field(alias=env.RESULTS_BUCKET)]
    archive_bucket: Annotated[Text, Field(alias=env.ARCHIVE_BUCKET)]
    users_table: Annotated[Text, Field(alias=env.USERS_TABLE)]
    removals_queue_url: Annotated[HttpUrl, Field(alias=env.REMOVALS_QUEUE_URL)]
    mail_sender: Annotated[Email, Field(alias=env.MAIL_SENDER)]
    site_url: Annotated[HttpUrl, Field(alias=env.SITE_URL)]


PROCESS_CONFIGS: dict[str, type[ProcessConfig]] = {
    "web": WebConfig,
    "annotator": AnnotatorConfig,
    "notify": NotifyConfig,
    "archive": ArchiveConfig,
    "restore": RestoreConfig,
    "thaw": ThawConfig,
    "janitor": JanitorConfig,
    "removal": RemovalConfig,
}
"""The settings class of each process, by the process's name."""
