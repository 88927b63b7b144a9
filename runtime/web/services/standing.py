"""What to tell the owner of a job that hasn't ended: where it stands and how long it takes."""

from dataclasses import dataclass

from runtime.common.job import Job
from runtime.contract.job_status import JobStatus
from runtime.web.services.durations import about
from runtime.web.services.waiting import Place

ENOUGH_PERCENT = 5
ENOUGH_SECONDS = 3
"""Before so much is done, how long the rest takes would be a guess."""


@dataclass(frozen=True)
class Standing:
    """Two sentences, without and with detail."""

    headline: str
    detail: str


def standing(job: Job, place: Place | None, now: float) -> Standing:
    """Say where an open job stands.

    Args:
        place: of a waiting job.
        now: epoch seconds.
    """
    if job.cancel_requested:
        return Standing("Cancelling", "The annotator stops within seconds.")
    if job.job_status is JobStatus.RUNNING:
        return Standing("Annotating the variants", _rest(job, now))
    if place is None:
        return Standing("Waiting for an annotator to take it on", "")
    return Standing(_ahead(place), _wait(place))


def _ahead(place: Place) -> str:
    if place.ahead is None:
        return "Waiting, with thousands of jobs"
    if place.ahead == 0:
        return "Waiting, and next in line"
    return f"Waiting behind {place.ahead:,} {'job' if place.ahead == 1 else 'jobs'}"


def _wait(place: Place) -> str:
    if place.seconds is not None:
        return f"At the speed of the last minutes it begins in {about(place.seconds)}."
    if place.running == 0:
        return "No job is being annotated at the moment. A free annotator takes the next at once."
    return "How long that takes can't be told yet: too few jobs have ended lately."


def _rest(job: Job, now: float) -> str:
    if job.start_time is None or job.progress < ENOUGH_PERCENT:
        return ""
    elapsed = now - job.start_time
    if elapsed < ENOUGH_SECONDS:
        return ""
    left = elapsed * (100 - job.progress) / job.progress
    return f"At this speed it is done in {about(left)}."
