"""The jobs of a table, for tests."""

from runtime.common.jobs import (
    Attempts,
    EndedJobs,
    JobLists,
    OpenJobs,
    OwnerActions,
    OwnerMails,
    Removals,
)


class JobStore(Attempts, EndedJobs, OwnerActions, OwnerMails, Removals, JobLists, OpenJobs):
    """Every part in one, so that a test can create, run, end, list and remove jobs."""
