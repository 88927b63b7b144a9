"""The life of a job. All writes of the annotations table are made here, each on a condition. There
is a class for each that reads or writes jobs, made from the table.

job_status: PENDING -> RUNNING -> COMPLETED or FAILED; RUNNING -> PENDING when handed back.
The attempt number is a fencing token: what an older attempt still writes is refused. A removed job
keeps its item, as a tombstone that nobody but the removal sees, until its files are deleted.
result_state, of COMPLETED jobs: see result_states.
"""

from runtime.common.jobs.attempts import MAX_ATTEMPTS, Attempts, Claim
from runtime.common.jobs.ended_jobs import EndedJobs
from runtime.common.jobs.lists import EVERY_JOB, JobLists, Page, Wanted
from runtime.common.jobs.open_jobs import OpenJobs
from runtime.common.jobs.owner_actions import OwnerActions
from runtime.common.jobs.owner_mails import OwnerMails
from runtime.common.jobs.refusals import ClaimRefused, JobEnded, JobMissing, LeaseLost
from runtime.common.jobs.removals import Removals
from runtime.common.jobs.result_states import ResultStates, StateChanged
from runtime.common.jobs.table import JobTable

__all__ = [
    "EVERY_JOB",
    "MAX_ATTEMPTS",
    "Attempts",
    "Claim",
    "ClaimRefused",
    "EndedJobs",
    "JobEnded",
    "JobLists",
    "JobMissing",
    "JobTable",
    "LeaseLost",
    "OpenJobs",
    "OwnerActions",
    "OwnerMails",
    "Page",
    "Removals",
    "ResultStates",
    "StateChanged",
    "Wanted",
]
