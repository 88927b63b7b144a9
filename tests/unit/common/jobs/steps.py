"""What tests of the job store do again and again."""

from collections.abc import Callable

from runtime.common.job import Job
from runtime.common.jobs import Claim
from tests.jobs import JobStore

LEASE = 60


def submit(
    store: JobStore,
    job_id: str = "job-1",
    user_id: str = "ada",
    *,
    name: str = "x.vcf",
    note: str = "",
    key: str = "",
    reference: str = "rcrs",
) -> Job:
    """Create a job."""
    return store.create(
        job_id=job_id,
        user_id=user_id,
        input_file_name=name,
        s3_inputs_bucket="inputs",
        s3_key_input_file=key or f"users/{user_id}/{job_id}/{name}",
        reference=reference,
        note=note,
    )


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
