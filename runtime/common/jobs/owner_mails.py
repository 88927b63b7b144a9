"""What is written of a job about the emails to its owner: that they were sent."""

from collections.abc import Callable
from contextlib import suppress

from boto3.dynamodb.conditions import Attr, ConditionBase

from runtime.common import items
from runtime.common.items import ConditionFailed
from runtime.common.job import Job, ResultState
from runtime.common.jobs.table import NOT_REMOVED, JobTable
from runtime.common.mail_choices import MailKind
from runtime.common.once import once

NOTES = {
    MailKind.ENDED: "notify",
    MailKind.ARCHIVED: "archived_mail",
    MailKind.RESTORED: "restored_mail",
}
"""The name, see `once`, by which a job notes that an email of a kind was sent."""

_MOVES = {
    MailKind.ARCHIVED: (ResultState.ARCHIVED, "archive_time"),
    MailKind.RESTORED: (ResultState.AVAILABLE, "restore_time"),
}


class OwnerMails(JobTable):
    """The notes in the annotations table. Those of a result's move go with its next move."""

    def tell_once(self, kind: MailKind, job: Job, tell: Callable[[], object]) -> bool:
        """Call `tell` unless the owner was told of this before; return whether it was called.

        Raises:
            Busy: somebody else is telling.
        """
        key, now = {"job_id": job.job_id}, self._now()
        return once(self._table, key, NOTES[kind], tell, now=now, only_if=_as_seen(kind, job))

    def note_told(self, kind: MailKind, job: Job) -> None:
        """Note that the owner was told of this together with other things."""
        name = f"{NOTES[kind]}_time"
        untold = _as_seen(kind, job) & Attr(name).not_exists()
        with suppress(ConditionFailed):  # told before, moved on or removed: nothing to note
            items.update(
                self._table, {"job_id": job.job_id}, set_={name: self._now()}, condition=untold
            )


def _as_seen(kind: MailKind, job: Job) -> ConditionBase:
    there = Attr("job_id").exists() & NOT_REMOVED
    if kind not in _MOVES:
        return there
    state, time = _MOVES[kind]
    return there & Attr("result_state").eq(state) & Attr(time).eq(getattr(job, time))
