"""The life cycle of a job. Every change of a job in the annotations table is made here, and, for
where its result is, in runtime.common.result_states; each is a conditional write.

job_status: PENDING -> RUNNING -> COMPLETED or FAILED; RUNNING -> PENDING when handed back.
The attempt number is a fencing token: what an older attempt still writes is refused. A removed job
keeps its item, as a tombstone that nobody but the removal sees, until its files are deleted.
"""

from runtime.common.jobs.attempts import Claim
from runtime.common.jobs.errors import (
    ClaimRefused,
    JobEnded,
    JobMissing,
    LeaseLost,
)
from runtime.common.jobs.lists import Page
from runtime.common.jobs.store import JobStore

__all__ = [
    "Claim",
    "ClaimRefused",
    "JobEnded",
    "JobMissing",
    "JobStore",
    "LeaseLost",
    "Page",
]
