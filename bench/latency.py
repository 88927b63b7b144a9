"""Measures how long a small job takes on an idle platform, from publication to COMPLETED."""

import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from local.aws.account import Account
from local.aws.outputs import Outputs
from local.errors import LocalError
from runtime.common.jobs import OwnerActions
from runtime.common.keys import input_key
from runtime.common.messages import JobRequest
from runtime.contract.job_status import JobStatus

POLL_SECONDS = 0.005
"""Between two looks at the table, which announces no end of a job: the precision of that."""

JOB_SECONDS = 60.0
PAUSE_SECONDS = 0.5
"""Before each job, so that the platform is idle again."""

BENCH_USER = "bench"


def job_latencies(
    account: Account, outputs: Outputs, vcf: Path, reference: str, runs: int
) -> Iterator[float]:
    """Annotate a file with a reference `runs` times, one after the other; yield each's seconds.

    Input and job exist before the clock starts. It stops when the table says COMPLETED.

    Raises:
        LocalError: a job failed, or didn't end.
    """
    jobs = OwnerActions(account.dynamodb().Table(outputs.annotations_table))
    for _ in range(runs):
        job_id = str(uuid.uuid4())
        key = input_key(BENCH_USER, job_id, vcf.name)
        account.client("s3").upload_file(str(vcf), outputs.inputs_bucket, key)
        jobs.create(
            job_id=job_id,
            user_id=BENCH_USER,
            input_file_name=vcf.name,
            s3_inputs_bucket=outputs.inputs_bucket,
            s3_key_input_file=key,
            reference=reference,
        )
        # The platform should be idle when the clock starts, and there is no event for that.
        time.sleep(PAUSE_SECONDS)
        began = time.monotonic()
        account.client("sns").publish(
            TopicArn=outputs.job_requests_topic, Message=JobRequest(job_id=job_id).to_body()
        )
        _wait_completed(jobs, job_id)
        yield time.monotonic() - began


def _wait_completed(jobs: OwnerActions, job_id: str) -> None:
    deadline = time.monotonic() + JOB_SECONDS
    while time.monotonic() < deadline:
        job = jobs.require(job_id)
        if job.job_status is JobStatus.COMPLETED:
            return
        if job.ended:
            raise LocalError(f"The job failed: {job.error}")
        time.sleep(POLL_SECONDS)  # another process, which sends no event
    raise LocalError(f"The job {job_id} wasn't COMPLETED after {JOB_SECONDS:.0f} s.")
