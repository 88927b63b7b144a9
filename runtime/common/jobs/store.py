"""The jobs in the annotations table: all that is read and written of them."""

from boto3.dynamodb.conditions import Attr

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
        due = Attr("request_time").not_exists() | Attr("request_time").lt(not_since)
        return self._mark(job_id, "request_time", due & Attr("open_shard").exists())

    def mark_notified(self, job_id: str) -> bool:
        """Note that the owner was told of the end; False when somebody noted it before."""
        untold = Attr("job_id").exists() & Attr("notify_time").not_exists()
        return self._mark(job_id, "notify_time", untold)
