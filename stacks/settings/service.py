"""Plans, payments, accounts, the reference, mail and costs."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from runtime.contract.s3 import RESTORE_SECONDS, RestoreTier, StorageClass
from runtime.contract.sqs import MAX_DELAY_SECONDS
from stacks.costs.prices import DATE, HOURS, INTERFACE_ENDPOINT, TRACE
from stacks.settings.base import DOMAIN, Settings

EMBEDDED = "rcrs"
"""The reference that a deployment builds and brings along: the human mitochondrial genome."""


class Plans(Settings):
    """What a plan gives its users."""

    free_max_upload_bytes: int = Field(
        gt=0, description="Largest file that a Free user may upload, in bytes."
    )
    free_retention_seconds: int = Field(
        ge=1,
        description="Seconds after which a Free user's result is archived.",
    )
    free_jobs_per_hour: int = Field(
        default=100, ge=1, description="Jobs that a Free user may start within an hour."
    )
    premium_jobs_per_hour: int = Field(
        default=1000, ge=1, description="Jobs that a Premium user may start within an hour."
    )
    free_waiting_jobs: int = Field(
        default=50,
        ge=1,
        description="Jobs in progress at which a Free user can't start another.",
    )
    premium_waiting_jobs: int = Field(
        default=500,
        ge=1,
        description="Jobs in progress at which a Premium user can't start another.",
    )
    archive_storage_class: StorageClass = Field(
        default="GLACIER",
        description="S3 storage class of archived results. docs/plans.md helps you choose.",
    )
    restore_tier: RestoreTier = Field(
        default="Expedited",
        description="Speed of a restore: Expedited takes minutes, Standard hours, Bulk half a day. "
        "Expedited falls back to Standard when S3 has no capacity.",
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
        description="Stripe's publishable key, which is part of the pages. It belongs to the same "
        "account as the secret key.",
    )
    grace_days: int = Field(
        default=7,
        ge=1,
        le=60,
        description="Days for which a user stays on Premium after a failed renewal. Then the "
        "subscription ends.",
    )


class Annotation(Settings):
    """What results hold."""

    genotype_samples: int = Field(
        default=50,
        ge=0,
        le=1_000,
        description="Samples of a file of which every genotype is listed in the result. Of files "
        "with more there are counts by allele.",
    )


Origin = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.-]+(:\d{1,5})?$")]


class Api(Settings):
    """The API for programs."""

    origins: list[Origin] = Field(
        default=[],
        description="Origins of sites whose pages may use the API from a browser, such as "
        "https://portal.example.org. Programs need none.",
    )


IssuerName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]


class SignInIssuer(Settings):
    """An institution's issuer of OpenID Connect. docs/sign-in.md says how to register there."""

    label: str = Field(
        pattern=r"^[^\x00-\x1f<>]{1,40}$",
        description="What people call it; it stands on the button: `Sign in with LABEL`.",
    )
    issuer: str = Field(
        pattern=r"^(https://|http://(127\.0\.0\.1|localhost):)[^\s?#]+$",
        description="Its identifier, exactly as its discovery document says it: a URL, in front of "
        "/.well-known/openid-configuration.",
    )
    client_id: str = Field(
        pattern=r"^[\x21-\x7e]{1,255}$",
        description="The client id that the issuer gave to this site. The client secret belongs in "
        "Secrets Manager.",
    )


class SignIn(Settings):
    """Ways to sign in beside the password."""

    issuers: dict[IssuerName, SignInIssuer] = Field(
        default={},
        description="Issuers of OpenID Connect, by names of your choice. A name is part of the "
        "address that is registered with the issuer.",
    )


class Accounts(Settings):
    """How accounts are protected."""

    client_tries: int = Field(
        default=100,
        gt=0,
        description="Failed sign-ins and requested emails per client address in 15 minutes. After "
        "that, the client must wait. A whole institute may share one address.",
    )


_FOLDER = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_.-]+)+")
"""Names as `./gas reference publish` writes them; a list of them is joined by commas."""


def _reference_name(value: str) -> str:
    if value == EMBEDDED or _FOLDER.fullmatch(value):
        return value
    raise ValueError(
        "expected 'rcrs' or the s3://bucket/folder that `./gas reference publish` printed"
    )


class Reference(Settings):
    """The references that the stage offers."""

    offered: list[Annotated[str, AfterValidator(_reference_name)]] = Field(
        min_length=1,
        description="The references, the default first: 'rcrs', the built-in human mitochondrial "
        "genome, or an s3:// folder that `./gas reference publish` wrote. At most one version of "
        "each.",
    )

    total_gib: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="GiB of all published references together, rounded up; "
        "`./gas reference list` tells each one's size. The time that annotators may take to boot, "
        "and the size that their disk must have, follow it.",
    )

    @property
    def published(self) -> list[str]:
        """Folders in S3 of the references that a deployment doesn't bring along."""
        return [each for each in self.offered if each != EMBEDDED]

    @model_validator(mode="after")
    def _tells_its_size(self) -> Self:
        if self.published and self.total_gib is None:
            raise ValueError("total_gib must be given where a published reference is offered")
        return self

    @model_validator(mode="after")
    def _offers_each_once(self) -> Self:
        if len(set(self.offered)) < len(self.offered):
            raise ValueError("offered names a reference twice")
        return self


class Mail(Settings):
    """Addresses."""

    sender: str = Field(
        pattern=r"^[^@\s\"'$`\\]+@[^@\s\"'$`\\]+$",
        description="Sender address of emails to users. SES verifies it as an identity.",
    )
    identity: Literal["create", "existing"] = Field(
        default="create",
        description="Whether the deployment creates the identity in SES, or uses one that the "
        "account has already. SES refuses to create one twice.",
    )
    domain: str | None = Field(
        default=None,
        pattern=DOMAIN,
        description="Domain of the sender. With it, SES verifies the domain by three DNS records "
        "that sign every email (DKIM). Without it, SES verifies the sender's address by a link.",
    )
    ops_email: str | None = Field(
        default=None,
        pattern=r"^[^@\s]+@[^@\s]+$",
        description="Address that receives the alarms, if any.",
    )

    digest_seconds: int = Field(
        default=600,
        ge=1,
        le=MAX_DELAY_SECONDS,
        description="Seconds from one email about a user's jobs to the next, for who wants one "
        "email for many jobs. The first of a while is sent at once.",
    )

    @model_validator(mode="after")
    def _is_of_its_domain(self) -> Self:
        host = self.sender.rpartition("@")[2].lower()
        if self.domain and host != self.domain and not host.endswith(f".{self.domain}"):
            raise ValueError(f"sender ({self.sender}) must be an address of domain ({self.domain})")
        if self.domain and self.identity == "existing":
            raise ValueError("domain must be left out: an existing identity keeps its own settings")
        return self


class Observability(Settings):
    """What is recorded of the work of the processes, beside logs and metrics."""

    traces: bool = Field(
        default=False,
        description="Record traces in X-Ray: how long a request and each step of its job take, "
        "from the upload to the email, with the job's id and no other data. "
        f"A million traces cost {TRACE.usd * 1e6:.0f} US dollars (us-east-1, {DATE}); with private "
        f"endpoints there is one more, for {INTERFACE_ENDPOINT.usd * HOURS:.0f} US dollars a month "
        "per zone.",
    )
    traces_ratio: float = Field(
        default=0.1,
        gt=0,
        le=1,
        description="Share of the requests to the site whose traces are recorded. A job is part of "
        "the trace of the request that submits it, so with 1 every job is recorded.",
    )

    @property
    def recorded(self) -> float:
        """The share of the requests that are recorded; 0 without traces."""
        return self.traces_ratio if self.traces else 0.0


class Budget(Settings):
    """What the stage may cost."""

    monthly_usd: int = Field(
        gt=0,
        description="Budget of the stage per calendar month, in US dollars, counted by the tag "
        "gas-stage. The ops topic gets a message at 80 % and 100 % of it, and when the forecast "
        "exceeds it.",
    )
