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
RestoreTier = Literal["Expedited", "Standard", "Bulk"]
Port = Annotated[int, Field(ge=1, le=65535)]

STRIPE_URL = "https://api.stripe.com"
"""Stripe itself. Only a laptop's instances are told another address."""


def _variable(field: str) -> str:
    """The name of a field's variable."""
    return str(getattr(env, field.upper()))


class Config(BaseModel):
    """What every process and the instance's own watcher need.

    A field holds the variable that `runtime.common.env` names in capitals as the field is named.
    """

    model_config = ConfigDict(frozen=True, alias_generator=_variable)

    stage: Text
    region: Text

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

    lifecycle_hook: Text


class ProcessConfig(Config):
    """What every process that handles jobs or users needs."""

    annotations_table: Text


class WebConfig(ProcessConfig):
    """Settings of the web process."""

    inputs_bucket: Text
    results_bucket: Text
    users_table: Text
    ephemeral_table: Text
    job_requests_topic_arn: TopicArn
    restore_requests_queue_url: HttpUrl
    mail_sender: Email
    removals_queue_url: HttpUrl
    site_url: HttpUrl
    session_secret_arn: SecretArn
    client_tries: PositiveInt
    free_max_upload_bytes: PositiveInt
    free_retention_seconds: PositiveInt
    stripe_plan: Text
    stripe_publishable_key: Text
    stripe_secret_arn: SecretArn
    stripe_grace_days: PositiveInt
    stripe_url: HttpUrl = STRIPE_URL
    http_port: Port
    bundle_dir: Path


class AnnotatorConfig(ProcessConfig):
    """Settings of the annotator process."""

    inputs_bucket: Text
    results_bucket: Text
    job_requests_queue_url: HttpUrl
    job_results_topic_arn: TopicArn
    bundle_dir: Path
    scale_in_protection: bool


class NotifyConfig(ProcessConfig):
    """Settings of the notify process."""

    users_table: Text
    job_results_notify_queue_url: HttpUrl
    free_retention_seconds: PositiveInt
    mail_sender: Email
    site_url: HttpUrl


class ArchiveConfig(ProcessConfig):
    """Settings of the archive process."""

    results_bucket: Text
    archive_bucket: Text
    users_table: Text
    job_results_archive_queue_url: HttpUrl
    restore_requests_queue_url: HttpUrl
    free_retention_seconds: PositiveInt
    archive_storage_class: StorageClass
    mail_sender: Email
    site_url: HttpUrl


class RestoreConfig(ProcessConfig):
    """Settings of the restore process."""

    archive_bucket: Text
    users_table: Text
    ephemeral_table: Text
    restore_requests_queue_url: HttpUrl
    restore_completed_queue_url: HttpUrl
    job_results_archive_queue_url: HttpUrl
    free_retention_seconds: PositiveInt
    restore_tier: RestoreTier
    mail_sender: Email
    site_url: HttpUrl


class ThawConfig(ProcessConfig):
    """Settings of the thaw process."""

    results_bucket: Text
    archive_bucket: Text
    users_table: Text
    restore_completed_queue_url: HttpUrl
    job_results_archive_queue_url: HttpUrl
    free_retention_seconds: PositiveInt
    restore_tier: RestoreTier
    bundle_dir: Path


class JanitorConfig(ProcessConfig):
    """Settings of the janitor process."""

    job_requests_topic_arn: TopicArn
    job_results_topic_arn: TopicArn
    job_requests_dlq_url: HttpUrl


class RemovalConfig(ProcessConfig):
    """Settings of the removal process."""

    inputs_bucket: Text
    results_bucket: Text
    archive_bucket: Text
    users_table: Text
    removals_queue_url: HttpUrl
    mail_sender: Email
    site_url: HttpUrl


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
