"""The jobs in the annotations table: all that is read and written of them."""

from runtime.common.items import Condition, exists, not_exists
from runtime.common.jobs.attempts import Attempts
from runtime.common.jobs.lists import Lists
from runtime.common.jobs.owners import Owners


class JobStore(Attempts, Owners, Lists):
    """The jobs in the annotations table.

    Args:
        table: the DynamoDB table that `runtime.contract.dynamodb.ANNOTATIONS` describes.
        clock: returns the time in epoch seconds.
    """

    def mark_requested(self, job_id: str, *, not_since: int) -> bool:
        """Note that the request for an open job is about to be published again.

        Args:
            not_since: epoch seconds; a job requested again since then is left alone.

        Returns:
            Whether the caller is the one to publish: of several, one is.
        """
        due = Condition(
            "attribute_not_exists(#request_time) OR #request_time < :not_since",
            {"not_since": not_since},
        )
        return self._mark(job_id, "request_time", due & exists("open_shard"))

    def mark_notified(self, job_id: str) -> bool:
        """Note that the owner was told of the end; False when somebody noted it before."""
        return self._mark(job_id, "notify_time", exists("job_id") & not_exists("notify_time"))
