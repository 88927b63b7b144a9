"""The account, and the references that the service offers."""

from typing import Self

from pydantic import Field

from runtime.common.api_tokens import ApiToken, Scope
from runtime.common.reference import Reference
from runtime.common.users import User
from runtime.web.api.models.base import Answer, Query, Time
from runtime.web.services.plan_facts import PlanFacts


class Limits(Answer):
    """What the plan allows."""

    max_upload_bytes: int = Field(description="Of one file, as it is uploaded.")
    jobs_per_hour: int = Field(description="Jobs that may start in an hour.")
    waiting_jobs: int = Field(description="Jobs that may wait or run at a time.")


class TokenAnswer(Answer):
    """The token of the request."""

    name: str
    scopes: list[Scope]
    expires_at: Time


class Account(Answer):
    """The account of the token."""

    user_id: str
    email: str
    name: str
    plan: str = Field(description="Free or Premium.")
    limits: Limits
    token: TokenAnswer

    @classmethod
    def of(cls, user: User, plan: PlanFacts, token: ApiToken) -> Self:
        """Return what is answered of an account."""
        return cls.model_validate(
            {
                **user.model_dump(include={"user_id", "email", "name"}),
                "plan": plan.name,
                "limits": {
                    "max_upload_bytes": plan.file_bytes,
                    "jobs_per_hour": plan.jobs_per_hour,
                    "waiting_jobs": plan.open_jobs,
                },
                "token": token.model_dump(include={"name", "scopes", "expires_at"}),
            }
        )


class ReferenceQuery(Query):
    """How much is answered of each reference."""

    contigs: bool = Field(default=False, description="With the contigs of each.")


class ContigAnswer(Answer):
    """A sequence of a reference."""

    name: str
    aliases: list[str] = Field(description="Other names of it, which files may use.")
    length: int
    accession: str | None


class ReferenceAnswer(Answer):
    """A reference that the service offers."""

    name: str = Field(description="What a job names.")
    version: str
    assembly: str
    default: bool = Field(description="Whether jobs have it that name none.")
    contigs: list[ContigAnswer] | None = Field(default=None, description="With ?contigs=true.")

    @classmethod
    def of(cls, reference: Reference, *, default: bool, contigs: bool) -> Self:
        """Return what is answered of a reference."""
        wanted = {"name", "version", "assembly", *(("contigs",) if contigs else ())}
        facts = reference.manifest.model_dump(include=wanted)
        return cls.model_validate({**facts, "default": default})


class ReferenceList(Answer):
    """The references, the default first."""

    items: list[ReferenceAnswer]
