"""What tests of the job store do again and again."""

from collections.abc import Callable

from runtime.common.job import Job
from runtime.common.jobs import Claim
from tests.jobs import JobStore

LEASE = 60


def complete(store: JobStore, claim: Claim) -> Job:
    """End a job well."""
    return store.complete(claim, reference_version="1.0.0")


def open_ids(store: JobStore) -> set[str]:
    """Ids in the index of open jobs."""
    return {job.job_id for job in store.open_jobs()}


Write = Callable[[JobStore, Claim], object]

WRITES: dict[str, Write] = {
    "renew": lambda store, claim: store.renew(claim, lease_seconds=LEASE),
    "set_progress": lambda store, claim: store.set_progress(claim, 99),
    "release": lambda store, claim: store.release(claim, interrupted=False),
    "complete": complete,
    "fail": lambda store, claim: store.fail(claim, "no"),
}
"""All that an attempt writes, which needs its claim."""
