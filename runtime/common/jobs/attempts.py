"""What an annotator writes: it claims a job for a while, tells its progress, and ends it."""

from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from runtime.common.items import ConditionFailed
from runtime.common.job import CANCELLED, Job, ResultState
from runtime.common.jobs.refusals import LeaseLost
from runtime.common.jobs.table import NOT_REMOVED, OPEN_ATTRIBUTES, JobTable
from runtime.contract.job_status import FailureKind, JobStatus

MAX_ATTEMPTS = 3
"""After so many attempts without an end a job fails: a file that takes its process down each time
must not go on doing so."""

GAVE_UP = (
    "The service tried to annotate this file {attempts} times and failed each time. This is not "
    "an error that you made. The operators have the log. Please submit the file again later."
)


@dataclass(frozen=True)
class Claim:
    """The right of one attempt to work on a job while its lease lasts."""

    job: Job
    attempt: int

    @property
    def exhausted(self) -> bool:
        """Whether the job has had its attempts before this one, which should only end it.

        A message may be received without an attempt, while another's lease lasts, and comes back
        from the dead-letter queue then: the queue's receives don't bound the attempts.
        """
        return self.job.attempts_used > MAX_ATTEMPTS


class Attempts(JobTable):
    """The writes of an annotator."""

    def claim(self, job_id: str, *, lease_seconds: int) -> Claim:
        """Take a job for `lease_seconds`: PENDING, or RUNNING with a lease that has ended.

        Raises:
            JobMissing: there is no such job.
            ClaimRefused: it has ended, or another attempt holds it.
        """
        changes = {
            "job_status": JobStatus.RUNNING,
            "lease_until": self._now() + lease_seconds,
            "start_time": self._now(),
            "progress": 0,
        }
        job = self._take(job_id, set_=changes, add={"attempt": 1})
        return Claim(job=job, attempt=job.attempt)

    def renew(self, claim: Claim, *, lease_seconds: int) -> None:
        """Let the lease last `lease_seconds` from now. Raises LeaseLost."""
        self._update_claimed(claim, set_={"lease_until": self._now() + lease_seconds})

    def set_progress(self, claim: Claim, percent: int) -> Job:
        """Write how much of the work is done, 0 to 100. Raises LeaseLost.

        Returns:
            The job as it is now: its `cancel_requested` says whether the owner wants it ended.
        """
        return self._update_claimed(claim, set_={"progress": percent})

    def release(self, claim: Claim, *, interrupted: bool) -> None:
        """Hand the job back: PENDING again, free for the next attempt. Raises LeaseLost.

        Args:
            interrupted: the process is to stop, so that this attempt doesn't count.
        """
        changes = {"job_status": JobStatus.PENDING, "progress": 0}
        counted = {"interruptions": 1} if interrupted else None
        self._update_claimed(claim, set_=changes, remove=("lease_until",), add=counted)

    def complete(self, claim: Claim, *, reference_version: str, variants: int | None = None) -> Job:
        """End the job in COMPLETED; its results are in place. Raises LeaseLost.

        A wish to cancel that comes when all is done comes too late.

        Args:
            reference_version: of the reference that the results were made with.
            variants: ALT alleles of the file, if they were counted.
        """
        changes = {
            "job_status": JobStatus.COMPLETED,
            "result_state": ResultState.AVAILABLE,
            "reference_version": reference_version,
            "has_log": True,
            "progress": 100,
            **self._end(),
            **({} if variants is None else {"variants": variants}),
        }
        return self._update_claimed(claim, set_=changes, remove=OPEN_ATTRIBUTES)

    def fail(
        self,
        claim: Claim,
        error: str,
        *,
        kind: FailureKind = FailureKind.INPUT,
        has_log: bool = False,
    ) -> Job:
        """End the job in FAILED with a sentence for its owner. Raises LeaseLost.

        Args:
            has_log: the log is in the results bucket.
        """
        changes = {**self._failure(error, kind), "has_log": has_log}
        return self._update_claimed(claim, set_=changes, remove=OPEN_ATTRIBUTES)

    def end_cancelled(self, claim: Claim) -> Job:
        """End in FAILED the job whose owner wants it ended. Raises LeaseLost."""
        return self.fail(claim, CANCELLED, kind=FailureKind.CANCELLED)

    def give_up(self, claim: Claim) -> Job:
        """End in FAILED the job of an exhausted claim. Raises LeaseLost."""
        error = GAVE_UP.format(attempts=claim.job.attempts_used - 1)
        return self.fail(claim, error, kind=FailureKind.GIVEN_UP)

    def release_removed(self, claim: Claim) -> None:
        """Say of a removed job that its attempt has stopped, so that its files can be deleted.

        Without it the removal waits until the lease ends. Of a job that isn't removed, or that
        another attempt holds, nothing is written.
        """
        try:
            self._update(
                claim.job.job_id,
                set_={},
                remove=("lease_until",),
                condition=_held_by(claim) & Attr("removed_at").exists(),
            )
        except ConditionFailed:
            return

    def _update_claimed(self, claim: Claim, **changes: Any) -> Job:
        """Write `changes` if the claim still holds."""
        try:
            return self._update(
                claim.job.job_id, condition=_held_by(claim) & NOT_REMOVED, **changes
            )
        except ConditionFailed as refusal:
            raise LeaseLost(
                f"attempt {claim.attempt} of job {claim.job.job_id} doesn't own it any more"
            ) from refusal


def _held_by(claim: Claim) -> ConditionBase:
    return Attr("job_status").eq(JobStatus.RUNNING) & Attr("attempt").eq(claim.attempt)
