"""Jobs."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from runtime.common.job import Job, JobState
from runtime.common.jobs import Wanted
from runtime.contract.job_status import FailureKind
from runtime.web.api.models.base import Answer, Body, ListQuery, Query, Time
from runtime.web.api.models.upload_parts import Parts
from runtime.web.job_forms import Note, check_cursor
from runtime.web.services.resumable_uploads import PART_BYTES, OpenedUpload
from runtime.web.services.upload_service import PresignedUpload
from runtime.web.services.wait_status import QueuePosition

EXAMPLE_ID = "0b9a1f0e-6c1d-4a53-9a0e-2f6d5c8e7b41"

EXAMPLE_JOB: JsonDict = {
    "job_id": EXAMPLE_ID,
    "state": "COMPLETED",
    "progress": 100,
    "file_name": "family.vcf.gz",
    "size": 48213,
    "reference": "rcrs",
    "reference_version": "2026.1",
    "note": "trio 7",
    "variants": 37,
    "submitted_at": "2026-11-29T07:15:00Z",
    "started_at": "2026-11-29T07:15:02Z",
    "ended_at": "2026-11-29T07:15:09Z",
    "error": None,
    "failure": None,
    "queue": None,
    "links": {
        "self": f"https://gas.example.org/api/v1/jobs/{EXAMPLE_ID}",
        "page": f"https://gas.example.org/jobs/{EXAMPLE_ID}",
    },
}

ReferenceName = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class NewJob(Body):
    """A file to annotate."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"file_name": "family.vcf.gz", "size": 48213, "reference": "rcrs"}
        }
    )

    file_name: Annotated[str, StringConstraints(min_length=1, max_length=1000)] = Field(
        description="Its name, which the result's name is made of."
    )
    size: int = Field(ge=0, le=2**53, description="Its size in bytes.")
    reference: ReferenceName | None = Field(
        default=None, description="The reference; without it the service's default."
    )
    multipart: bool = Field(default=False, description="Send the file in parts.")


class Upload(Answer):
    """Where the file is sent to: one POST of a form (multipart/form-data)."""

    url: str
    fields: dict[str, str] = Field(
        description="Fields of the form, in this order; the field `file` comes last."
    )


class OpenedJob(Answer):
    """A job that starts once its file has arrived."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "job_id": EXAMPLE_ID,
                "ticket": "eyJ1c2VyX2lkIjoi...",
                "upload": {
                    "url": "https://inputs.example.org/",
                    "fields": {"key": "users/...", "policy": "eyJleHBpcmF0aW9uIjoi..."},
                },
                "start_before": "2026-11-29T07:25:00Z",
            }
        }
    )

    job_id: UUID
    ticket: str = Field(description="Proves the upload when the job is started.")
    upload: Upload | Parts
    start_before: Time = Field(
        description="Until then the upload may begin; one in parts must have arrived."
    )

    @classmethod
    def of(cls, opened: PresignedUpload | OpenedUpload) -> Self:
        """Return what is answered of a signed upload."""
        upload: Upload | Parts
        if isinstance(opened, OpenedUpload):
            upload = Parts(part_size=PART_BYTES, parts=opened.parts)
        else:
            upload = Upload(url=opened.url, fields=opened.fields)
        return cls.model_validate(
            {
                "job_id": opened.job_id,
                "ticket": opened.token,
                "upload": upload,
                "start_before": opened.start_before,
            }
        )


class Start(Body):
    """A finished upload."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"ticket": "eyJ1c2VyX2lkIjoi...", "note": "trio 7"}}
    )

    ticket: Annotated[str, StringConstraints(min_length=1, max_length=4000)] = Field(
        description="As POST /api/v1/jobs answered it."
    )
    note: Note = Field(default="", description="What you want to remember about the job.")


class Again(Body):
    """Another job with a job's file."""

    model_config = ConfigDict(json_schema_extra={"example": {"reference": "rcrs"}})

    reference: ReferenceName | None = Field(
        default=None, description="The reference; without it the job's own."
    )


class WaitQuery(Query):
    """How long to wait, and for what."""

    timeout: Annotated[int, Field(ge=1, le=30, description="Seconds.")] = 30
    since: JobState | None = Field(
        default=None,
        description="The state that you know: answers at once if the job is in another one. "
        "Without it the job's state when the request arrives.",
    )


class QueuePlace(Answer):
    """Where a waiting job is in the queue."""

    position: int | None = Field(description="1 is next; null when there are too many to count.")
    wait_seconds: int | None = Field(description="An estimate; null while there is none.")


class Links(Answer):
    """Addresses of the job."""

    self: str = Field(description="In the API.")
    page: str = Field(description="Its page, for people.")


class JobAnswer(Answer):
    """A job."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE_JOB})

    job_id: UUID
    state: JobState
    progress: int = Field(ge=0, le=100, description="Percent of the work that is done.")
    file_name: str
    size: int | None = Field(description="Bytes of the file; null of old jobs.")
    reference: str
    reference_version: str | None = Field(description="Once it is COMPLETED.")
    note: str
    variants: int | None = Field(description="ALT alleles of the file, once it is COMPLETED.")
    submitted_at: Time
    started_at: Time | None = Field(description="When the last attempt began.")
    ended_at: Time | None
    error: str | None = Field(description="Why it failed: a sentence.")
    failure: FailureKind | None = Field(description="The kind of failure.")
    queue: QueuePlace | None = Field(description="Of a PENDING job.")
    links: Links

    @classmethod
    def of(cls, job: Job, *, site_url: str, position: QueuePosition | None = None) -> Self:
        """Return what is answered of a job.

        Args:
            site_url: where the site is.
            position: of a waiting job.
        """
        return cls.model_validate(
            {
                **job.model_dump(
                    include={
                        *("job_id", "progress", "reference", "reference_version", "note"),
                        *("variants", "error", "failure"),
                    }
                ),
                "state": job.state,
                "file_name": job.input_file_name,
                "size": job.input_size,
                "submitted_at": job.submit_time,
                "started_at": job.start_time,
                "ended_at": job.complete_time,
                "queue": _place(position),
                "links": {
                    "self": f"{site_url}/api/v1/jobs/{job.job_id}",
                    "page": f"{site_url}/jobs/{job.job_id}",
                },
            }
        )


class JobList(Answer):
    """A part of the list of jobs, newest first."""

    items: list[JobAnswer]
    next_cursor: str | None = Field(description="Leads to the older ones; null at the end.")


class JobQuery(ListQuery):
    """Which jobs are listed."""

    cursor: Annotated[str, AfterValidator(check_cursor)] = Field(
        default="", description="`next_cursor` of the answer before."
    )
    state: JobState | None = Field(default=None, description="Only jobs in this state.")
    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = Field(
        default="", description="Only jobs whose file name, note or reference contains this."
    )
    reference: Annotated[str, StringConstraints(max_length=200)] = Field(
        default="", description="Only jobs with this reference."
    )

    @property
    def wanted(self) -> Wanted:
        """The filter."""
        return Wanted(state=self.state, text=self.q, reference=self.reference)


def _place(position: QueuePosition | None) -> dict[str, int | None] | None:
    if position is None:
        return None
    return {
        "position": None if position.ahead is None else position.ahead + 1,
        "wait_seconds": None if position.seconds is None else round(position.seconds),
    }
