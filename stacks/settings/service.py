"""What the service promises its users, and where it writes to them."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from runtime.contract.s3 import RESTORE_SECONDS, RestoreTier, StorageClass
from stacks.settings.base import Settings

EMBEDDED_BUNDLE = "rcrs"


class Plans(Settings):
    """What a plan gives its users."""

    free_max_upload_bytes: int = Field(
        gt=0, description="Largest file that a Free user may upload, in bytes."
    )
    free_retention_seconds: int = Field(
        ge=1,
        description="Seconds for which a Free user's result stays before it is archived.",
    )
    archive_storage_class: StorageClass = Field(
        default="GLACIER",
        description="S3 storage class of archived results; docs/plans.md says when which is right.",
    )
    restore_tier: RestoreTier = Field(
        default="Expedited",
        description="How fast S3 is asked to restore: minutes, hours, half a day. Expedited falls "
        "back to Standard when S3 has no capacity.",
    )

    @model_validator(mode="after")
    def _can_restore(self) -> Self:
        found, tier = self.archive_storage_class, self.restore_tier
        tiers = [tier for storage_class, tier in RESTORE_SECONDS if storage_class == found]
        if tiers and tier not in tiers:
            raise ValueError(f"restore_tier must be {' or '.join(tiers)}: {found} has no {tier}")
        return self


class Stripe(Settings):
    """Payments. The secret keys are in no file: docs/billing.md says where they go."""

    plan: str = Field(
        pattern=r"^[A-Za-z0-9_-]{1,255}$",
        description="Price at Stripe that Premium users subscribe to: `price_...`.",
    )
    publishable_key: str = Field(
        pattern=r"^pk_(test|live)_[A-Za-z0-9]+$",
        description="Stripe's publishable key, which the pages hold; its account is the secret "
        "key's.",
    )
    grace_days: int = Field(
        default=7,
        ge=1,
        le=60,
        description="Days for which a subscription stays Premium after a renewal that couldn't be "
        "paid; then it ends.",
    )


LogDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096]
"""Up to three years of what CloudWatch Logs takes.
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""


class Data(Settings):
    """How long things are kept."""

    inputs_days: int = Field(
        ge=1,
        description="Days after which an uploaded file is deleted; its result stays.",
    )
    replaced_days: int = Field(
        ge=1,
        description="Days for which a deleted or overwritten result can be brought back.",
    )
    logs_days: LogDays = Field(
        description="Days for which access logs, flow logs and instances' logs are kept.",
    )


class Accounts(Settings):
    """How accounts are guarded."""

    client_tries: int = Field(
        default=100,
        gt=0,
        description="Failed sign-ins and requested mails of one client address within 15 minutes, "
        "after which it has to wait. A whole institute may share an address.",
    )


def _bundle_name(value: str) -> str:
    if value == EMBEDDED_BUNDLE or (value.startswith("s3://") and value.count("/") >= 3):
        return value
    raise ValueError("expected 'rcrs' or an s3://bucket/key of a bundle's zip file")


class Reference(Settings):
    """What annotators annotate against."""

    bundle: Annotated[str, AfterValidator(_bundle_name)] = Field(
        description="'rcrs', the embedded human mitochondrial genome, or the s3://bucket/key of a "
        "zip file that holds another bundle."
    )


class Mail(Settings):
    """Addresses."""

    sender: str = Field(
        pattern=r"^[^@\s\"'$`\\]+@[^@\s\"'$`\\]+$",
        description="Address that mail to users comes from; SES verifies it as an identity.",
    )
    ops_email: str | None = Field(
        default=None,
        pattern=r"^[^@\s]+@[^@\s]+$",
        description="Address that is subscribed to the alarms, if any.",
    )


class Budget(Settings):
    """What the account may cost."""

    monthly_usd: int = Field(
        gt=0,
        description="What the whole account may cost in a calendar month, in US dollars; the ops "
        "topic is told at 80 % and 100 % of it, and when the forecast goes over it.",
    )
