"""Waits for jobs to end."""

import time
from collections.abc import Callable

from gas_client.api import WAIT_SECONDS, Api
from gas_client.errors import JobFailed, TimedOut
from gas_client.models import OPEN, WITHOUT_RESULT, Job

QUICK_ANSWER_SECONDS = 1.0


def wait_for(api: Api, job: Job, *, until: float, on_change: Callable[[Job], None]) -> Job:
    """Return a job once it has ended with a result.

    Args:
        api: the connection.
        job: as it was last seen.
        until: when to give up, in seconds of time.monotonic().
        on_change: is told of the job each time the service answers.

    Raises:
        JobFailed: it failed, or was cancelled.
        TimedOut: it hasn't ended.
    """
    while job["state"] in OPEN:
        on_change(job)
        began = time.monotonic()
        if began >= until:
            raise TimedOut(
                f"The job {job['job_id']} is still {job['state']}. It goes on; see it with "
                f"gas-client show {job['job_id']}"
            )
        seconds = max(1, min(WAIT_SECONDS, int(until - began)))
        before, job = job["state"], api.wait(job["job_id"], seconds=seconds, since=job["state"])
        if job["state"] == before and time.monotonic() - began < QUICK_ANSWER_SECONDS:
            time.sleep(QUICK_ANSWER_SECONDS)  # a service that doesn't hold the request
    on_change(job)
    require_result(job)
    return job


def require_result(job: Job, advice: str = "") -> None:
    """Check that a job that has ended has a result.

    Args:
        job: the job.
        advice: added to the error.

    Raises:
        JobFailed: it has none.
    """
    if job["state"] in WITHOUT_RESULT:
        reason = job.get("error") or f"It is {job['state']}."
        raise JobFailed(f"{job['file_name']} ({job['job_id']}): {reason}{advice}")
