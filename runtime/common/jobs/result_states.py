"""Where the result of a completed job is: AVAILABLE -> ARCHIVED -> RESTORING -> AVAILABLE.

Each change is a conditional write on the state and the epoch that the caller has seen; the epoch
rises with every change. So a process that slept through an archive and a restore can't write over
them, though the state looks as it did. A removed job changes no more.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from runtime.common import items
from runtime.common.items import ConditionFailed
from runtime.common.job import Job, ResultState
from runtime.common.jobs.table import NOT_REMOVED, JobTable
from runtime.contract.dynamodb import RESTORING_RESULTS


class StateChanged(Exception):
    """The result isn't where the caller has seen it: somebody else was first."""


class ResultStates(JobTable):
    """The result states in the annotations table."""

    def archived(self, job: Job, versions: Mapping[str, str]) -> Job:
        """AVAILABLE -> ARCHIVED: these versions in the archive bucket hold the result.

        Args:
            versions: their ids by the names of the files, see Job.archive_versions.

        Raises:
            StateChanged: the job isn't as `job` says.
        """
        changes = {"archive_versions": dict(versions), "archive_time": self._now()}
        gone = ("restored_mail_time",)
        return self._change(
            job, ResultState.AVAILABLE, ResultState.ARCHIVED, set_=changes, remove=gone
        )

    def restoring(self, job: Job, *, due: int) -> Job:
        """ARCHIVED -> RESTORING: S3 was asked, and should be done by `due` (epoch seconds).

        Raises:
            StateChanged: the job isn't as `job` says.
        """
        changes = {
            "restoring_user": job.user_id,
            "restore_due": due,
            "restore_asked_time": self._now(),
        }
        return self._change(job, ResultState.ARCHIVED, ResultState.RESTORING, set_=changes)

    def available(self, job: Job) -> Job:
        """RESTORING -> AVAILABLE: the result is back in the results bucket.

        Raises:
            StateChanged: the job isn't as `job` says.
        """
        gone = ("archive_versions", "restoring_user", "restore_due", "archived_mail_time")
        return self._change(
            job,
            ResultState.RESTORING,
            ResultState.AVAILABLE,
            set_={"restore_time": self._now(), "former_versions": job.archive_versions},
            remove=gone,
        )

    def fence(self, job: Job) -> None:
        """Raise the epoch of an AVAILABLE result: an archive that is at work can't write any more.

        Raises:
            StateChanged: the job isn't as `job` says.
        """
        self._change(job, ResultState.AVAILABLE, ResultState.AVAILABLE, set_={})

    def extend_deadline(self, job: Job, *, due: int) -> Job:
        """Note a later `due` for a result that is RESTORING.

        Raises:
            StateChanged: the job isn't as `job` says.
        """
        return self._write(job, ResultState.RESTORING, set_={"restore_due": due})

    def still_holds(self, job: Job) -> bool:
        """Whether the result's state is still the one that `job` has seen; a consistent read."""
        now = self.get(job.job_id)
        return now is not None and now.result_epoch == job.result_epoch

    def is_any_restoring(self, user_id: str) -> bool:
        """Whether a result of the user is RESTORING, as of a moment ago."""
        answer = self._table.query(
            IndexName=RESTORING_RESULTS.name,
            **items.query(Key("restoring_user").eq(user_id)),
            Limit=1,
        )
        return bool(answer["Items"])

    def overdue(self) -> Iterator[tuple[str, str]]:
        """Yield (user_id, job_id) of results that should have been back, as of a moment ago.

        It reads the sparse index whole: as many entries as there are restores under way.
        """
        request = {
            "IndexName": RESTORING_RESULTS.name,
            **items.scan(Attr("restore_due").lt(self._now())),
        }
        for page in items.pages(self._table.scan, request):
            for item in page:
                yield str(item["restoring_user"]), str(item["job_id"])

    def _change(
        self, job: Job, before: ResultState, after: ResultState, *, set_: dict[str, Any], **how: Any
    ) -> Job:
        changes = {**set_, "result_state": after}
        return self._write(job, before, set_=changes, add={"result_epoch": 1}, **how)

    def _write(self, job: Job, state: ResultState, **changes: Any) -> Job:
        condition = _as_seen(job, state) & NOT_REMOVED
        try:
            return self._update(job.job_id, condition=condition, **changes)
        except ConditionFailed as refusal:
            raise StateChanged(
                f"the result of job {job.job_id} isn't {state} any more"
            ) from refusal


def _as_seen(job: Job, state: ResultState) -> ConditionBase:
    same_epoch: ConditionBase = Attr("result_epoch").eq(job.result_epoch)
    if job.result_epoch == 0:  # jobs that were made before there were epochs have none
        same_epoch |= Attr("result_epoch").not_exists()
    return Attr("result_state").eq(state) & same_epoch
