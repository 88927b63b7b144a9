"""Removing a job, or a whole account: hidden at once, deleted by the removal process."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from runtime.common.job import Job
from runtime.common.jobs import JobMissing, Removals
from runtime.common.messages import Removal
from runtime.common.queues import Queue
from runtime.common.users import User, UserStore
from runtime.contract.job_status import JobStatus

RELEASE_SECONDS = 5
"""Within this time an annotator has learnt that its job was removed, and has stopped. An earlier
removal is right too, but waits for the lease, which may last a minute."""


@dataclass(frozen=True)
class JobRemoval:
    """Removes jobs on behalf of their owners."""

    jobs: Removals
    removals: Queue

    def remove(self, job: Job) -> None:
        """Hide a job, and have its files deleted.

        The message is sent first. A tombstone without one would keep the files for ever, while the
        process that receives the message writes a missing tombstone.

        Raises:
            botocore.exceptions.ClientError: the queue or the table refused it; nothing is lost, and
                it may be tried again.
        """
        delay = RELEASE_SECONDS if job.job_status is JobStatus.RUNNING else 0
        self.removals.send(Removal(user_id=job.user_id, job_id=job.job_id), delay_seconds=delay)
        # The removal process may have been faster: the job is already deleted.
        with suppress(JobMissing):
            self.jobs.remove(job.job_id, job.user_id)


@dataclass(frozen=True)
class AccountDeletion:
    """Deletes accounts; the caller has checked that this user may ask for it.

    Args:
        before: called with the user first; if one raises, nothing is deleted.
    """

    users: UserStore
    removals: Queue
    before: Sequence[Callable[[User], None]] = ()

    def delete(self, user: User) -> None:
        """End all sessions of the user, and have the removal process delete what is theirs.

        The message is sent first: the removal process marks the account if this fails halfway,
        while a user whose account is marked could not ask again.
        """
        for step in self.before:
            step(user)
        self.removals.send(Removal(user_id=user.user_id))
        self.users.mark_deleted(user.user_id)
