"""What receivers are told of a job.

A job's file name, its note and the sentence about its failure may name a patient, and the receiver
is a stranger's server. So an event leaves them out: a receiver that needs them reads the job with a
token of its own.
"""

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from runtime.common.job import Job

_NAMESPACE = uuid.UUID("7a6bb0a5-7a0b-5a2e-9c55-5f0b1f0c3d11")

TEST = "webhook.test"


@dataclass(frozen=True)
class Event:
    """What has happened.

    Attributes:
        event_id: the same however often it is told.
        event_type: such as `job.completed`.
        created_at: epoch seconds.
        job: what is told of the job; empty for a test.
    """

    event_id: str
    event_type: str
    created_at: int
    job: dict[str, Any]

    @property
    def body(self) -> str:
        """The event as JSON."""
        return json.dumps(
            {
                "id": self.event_id,
                "type": self.event_type,
                "created": _rfc3339(self.created_at),
                "data": {"job": self.job} if self.job else {},
            },
            separators=(",", ":"),
        )


def job_ended(job: Job, site_url: str) -> Event:
    """Return the event about the end of a job: completed, failed or cancelled."""
    word = "cancelled" if job.cancelled else job.job_status.lower()
    return _event(job, word, job.complete_time or 0, site_url)


def result_moved(job: Job, move: str, epoch: int, moved_time: int, site_url: str) -> Event:
    """Return the event about an archived or restored result.

    Args:
        move: `archived` or `restored`.
        epoch: of the result after the move.
    """
    return _event(job, move, moved_time, site_url, epoch)


def test_event(test_id: str, asked_time: int) -> Event:
    """Return an event that only tries the webhook out."""
    return Event(_id(test_id, TEST, 0), TEST, asked_time, {})


def _event(job: Job, word: str, created_at: int, site_url: str, epoch: int = 0) -> Event:
    kind = f"job.{word}"
    return Event(_id(job.job_id, kind, epoch), kind, created_at, _told(job, site_url))


def _id(*parts: object) -> str:
    return str(uuid.uuid5(_NAMESPACE, "\0".join(map(str, parts))))


def _told(job: Job, site_url: str) -> dict[str, Any]:
    """Return the job as the API has it, without what may name a patient."""
    return {
        "job_id": job.job_id,
        "state": job.state.value,
        "size": job.input_size,
        "reference": job.reference,
        "reference_version": job.reference_version,
        "variants": job.variants,
        "submitted_at": _rfc3339(job.submit_time),
        "started_at": _rfc3339(job.start_time),
        "ended_at": _rfc3339(job.complete_time),
        "failure": job.failure.value if job.failure else None,
        "links": {
            "self": f"{site_url}/api/v1/jobs/{job.job_id}",
            "page": f"{site_url}/jobs/{job.job_id}",
        },
    }


def _rfc3339(epoch_seconds: int | None) -> str | None:
    if epoch_seconds is None:
        return None
    return datetime.fromtimestamp(epoch_seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
