"""Deletes the copies of a result that its job doesn't need.

archive and thaw copy results but can't delete. They name a job here, and no file. What may go is
decided by the job's item and by what the two buckets hold:

- ARCHIVED: the archive must hold every version that the job names. Then the result leaves the
  results bucket with what was exported of it, and every other version leaves the archive.
- AVAILABLE: the results bucket must hold the result. Then all of its versions leave the archive.
- RESTORING: nothing goes. thaw sends another message when the result is back.
- No such job: everything under its prefixes goes, in both buckets.

The order always counts: first the versions are listed, then the job is looked at again, and then
only listed versions are deleted. So what a restore or an archive writes meanwhile stays. All of it
can be repeated.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from runtime.common.delivery import Delivery, HandBack
from runtime.common.job import Job, ResultState
from runtime.common.jobs import ResultStates, StateChanged
from runtime.common.keys import ARCHIVED_FILES
from runtime.common.log import bound, get_logger
from runtime.common.messages import SurplusCopies
from runtime.common.objects import Objects, Version
from runtime.contract.s3 import job_exports_prefix, job_prefix

REMOVED_SOON_SECONDS = 60

NEEDED = {"vcf", "parquet"}
"""What every result has; its index only if its records are sorted."""

log = get_logger(__name__)


class CopyMissing(Exception):
    """A copy isn't where the job says, so the other copy must stay; the text names what is missing.

    Nothing was deleted. It is an error of ours or a loss, so people see to its dead letter.
    """


@dataclass(frozen=True, kw_only=True)
class CleanupHandler:
    """Does what a SurplusCopies asks, as far as the job's item allows it."""

    states: ResultStates
    objects: Objects
    results_bucket: str
    archive_bucket: str
    clock: Callable[[], float] = time.time

    def __call__(self, message: SurplusCopies, _: Delivery) -> None:
        """Delete what the job doesn't need.

        Raises:
            CopyMissing: the copy that should stay isn't there.
            HandBack: the job's removal is under way.
            NotDeleted, botocore.exceptions.ClientError: S3 refused; to be tried again.
        """
        with bound(job_id=message.job_id, user_id=message.user_id):
            job = self.states.get_even_removed(message.job_id)
            if job is None:
                prefix = job_prefix(message.user_id, message.job_id)
                exports = self._exports(message.user_id, message.job_id)
                self._delete([*self._in_archive(prefix), *self._in_results(prefix), *exports])
            elif job.user_id != message.user_id:
                log.error("the job is another user's, nothing is deleted")
            elif job.removed_at is not None:
                self._await_removal(job)
            elif job.result_state is ResultState.ARCHIVED:
                self._leave_results(job)
            elif job.result_state is ResultState.AVAILABLE:
                self._leave_archive(job)
            else:
                log.info("nothing to delete", result_state=job.result_state)

    def _await_removal(self, job: Job) -> None:
        """Leave the files of a removed job to the process removal, while its item is there.

        A tombstone alone deletes nothing here: other roles may write one.
        """
        if self.clock() < job.arrivals_end:
            log.info("the job is being removed, and its files are deleted again at the end")
            return
        raise HandBack(REMOVED_SOON_SECONDS, "the job is being removed")

    def _leave_results(self, job: Job) -> None:
        """Delete an archived result outside the archive, and copies there that no job names.

        If it is still archived as we know it, no restore had begun when we listed the versions.
        """
        prefix = job_prefix(job.user_id, job.job_id)
        archive, results = self._in_archive(prefix), self._in_results(prefix)
        if not self.states.still_holds(job):
            log.info("a restore has begun, nothing is deleted")
            return
        keys = job.result_keys
        named = {
            Version(self.archive_bucket, getattr(keys, name), version_id)
            for name, version_id in job.archive_versions.items()
        }
        if not job.archive_versions.keys() >= NEEDED or not named <= set(archive):
            raise CopyMissing(f"the archive lacks some of {job.archive_versions}")
        going = {getattr(keys, name) for name in ARCHIVED_FILES}
        left = [version for version in results if version.key in going]
        left += self._exports(job.user_id, job.job_id)
        self._delete([*left, *(each for each in archive if each not in named)])

    def _leave_archive(self, job: Job) -> None:
        """Delete an available result from the archive.

        The job says which versions it came back from. Others were left by an attempt to archive it.
        That attempt may go on, so the job's epoch is raised: it can't write them into the job then.
        """
        prefix = job_prefix(job.user_id, job.job_id)
        archive, results = self._in_archive(prefix), self._in_results(prefix)
        if not archive or not self.states.still_holds(job):
            log.info("nothing to delete, or archived again")
            return
        needed = {getattr(job.result_keys, name) for name in NEEDED | job.former_versions.keys()}
        if missing := needed - {version.key for version in results}:
            raise CopyMissing(f"the results bucket lacks {', '.join(sorted(missing))}")
        if {version.version_id for version in archive} - set(job.former_versions.values()):
            try:
                self.states.fence(job)
            except StateChanged:
                log.info("archived meanwhile, nothing is deleted")
                return
        self._delete(archive)

    def _in_archive(self, prefix: str) -> list[Version]:
        return self.objects.versions(self.archive_bucket, prefix)

    def _in_results(self, prefix: str) -> list[Version]:
        return self.objects.versions(self.results_bucket, prefix)

    def _exports(self, user_id: str, job_id: str) -> list[Version]:
        return self.objects.versions(self.results_bucket, job_exports_prefix(user_id, job_id))

    def _delete(self, versions: Iterable[Version]) -> None:
        going = list(versions)
        self.objects.delete(going)
        log.info("copies deleted", versions=len(going))
