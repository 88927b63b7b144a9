"""Jobs that their owners remove: the tombstone, and what is left of the job after it."""

from collections.abc import Iterator

from boto3.dynamodb.conditions import Attr

from runtime.common import items
from runtime.common.items import ConditionFailed
from runtime.common.job import Job
from runtime.common.jobs.refusals import JobMissing
from runtime.common.jobs.table import NOT_REMOVED, JobTable, belongs_to, of_user


class Removals(JobTable):
    """What is read and written of jobs to remove them."""

    def remove(self, job_id: str, user_id: str) -> Job:
        """Write the tombstone: nobody sees the job or works on it any more. Safe to repeat.

        Its lease, if any, stays: who works on it may still write files until that ends.

        Raises:
            JobMissing: the user has no such job.
        """
        try:
            return self._update(
                job_id,
                set_={"removed_at": self._now()},
                # Out of both sparse indexes: it isn't open, and nobody waits for its return.
                remove=("open_shard", "restoring_user", "restore_due"),
                condition=belongs_to(user_id) & NOT_REMOVED,
            )
        except ConditionFailed as refusal:
            job = self.get_even_removed(job_id)
            if job is None or job.user_id != user_id:
                raise JobMissing(f"user {user_id} has no job {job_id}") from refusal
            return job

    def erase(self, job_id: str) -> None:
        """Delete the item of a removed job; safe to repeat.

        Raises:
            items.ConditionFailed: the job isn't removed.
        """
        gone = Attr("removed_at").exists() | Attr("job_id").not_exists()
        items.delete(self._table, {"job_id": job_id}, condition=gone)

    def all_of_user(self, user_id: str) -> Iterator[Job]:
        """Yield every job of a user, the removed ones as well, read page by page."""
        for batch in items.pages(self._table.query, of_user(user_id, newest_first=False)):
            yield from (Job.model_validate(item) for item in batch)

    def input_is_shared(self, job: Job) -> bool:
        """Whether another job of the owner, not a removed one, has the same input."""
        same = Attr("s3_key_input_file").eq(job.s3_key_input_file) & Attr("job_id").ne(job.job_id)
        query = of_user(job.user_id, newest_first=True, only=same & NOT_REMOVED)
        return any(items.pages(self._table.query, query))
