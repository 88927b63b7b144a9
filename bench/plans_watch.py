"""Waits for the states of many results, with few requests to the emulator."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local.aws.account import Account
from local.errors import LocalError
from local.progress import Step
from runtime.common.job import ResultState

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBServiceResource

PAGE = 100
"""The most items that BatchGetItem returns.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html"""

POLL_SECONDS = 0.5
"""Between two looks at a table or a queue, neither of which announces what is waited for."""

STALL_SECONDS = 300.0
"""How long no result may change: a message that a process has lost returns within a minute."""

SETTLE_SECONDS = 900.0
"""How long a queue may take to become empty: restore checks at least every 5 minutes whether all
results are restored."""


@dataclass
class Watch:
    """Results that aren't in the wanted state yet.

    Only the first PAGE of the remaining results are read each time, so that each result is read
    about once. It is fastest if they change in the order of `job_ids`, and correct in any order.

    Args:
        table: the annotations table's name.
        job_ids: the jobs, in the order in which they probably change.
    """

    dynamodb: "DynamoDBServiceResource"
    table: str
    job_ids: Sequence[str]
    _left: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self._left = list(self.job_ids)

    def count_left(self, wanted: ResultState) -> int:
        """Drop results in state `wanted`; return how many are left."""
        while self._left:
            page = self._left[:PAGE]
            there = self._in_state(page, wanted)
            self._left[:PAGE] = [job_id for job_id in page if job_id not in there]
            if len(there) < len(page):
                break
        return len(self._left)

    def wait(self, wanted: ResultState, step: Step) -> None:
        """Wait until all are in state `wanted`; `step` shows how many are.

        Raises:
            LocalError: no result changed for STALL_SECONDS.
        """
        total, before = len(self.job_ids), len(self.job_ids)
        until = time.monotonic() + STALL_SECONDS
        while left := self.count_left(wanted):
            if left < before:
                before, until = left, time.monotonic() + STALL_SECONDS
            elif time.monotonic() > until:
                raise LocalError(f"{left:,} of {total:,} results aren't {wanted.value}.")
            step.detail = f"{total - left:,} of {total:,}"
            time.sleep(POLL_SECONDS)
        step.detail = f"{total:,} of {total:,}"

    def _in_state(self, job_ids: list[str], wanted: ResultState) -> set[str]:
        answer = self.dynamodb.batch_get_item(
            RequestItems={
                self.table: {
                    "Keys": [{"job_id": job_id} for job_id in job_ids],
                    "ProjectionExpression": "job_id, result_state",
                }
            }
        )
        found = answer["Responses"][self.table]
        return {str(item["job_id"]) for item in found if item["result_state"] == wanted.value}


def wait_until_empty(account: Account, queue_url: str, *, what: str) -> None:
    """Wait until a queue has no message: visible, delayed or in flight.

    Args:
        what: the message of the error.

    Raises:
        LocalError: it isn't empty within SETTLE_SECONDS.
    """
    until = time.monotonic() + SETTLE_SECONDS
    while True:
        answer = account.client("sqs").get_queue_attributes(
            QueueUrl=queue_url,
            AttributeNames=[
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesDelayed",
                "ApproximateNumberOfMessagesNotVisible",
            ],
        )
        if set(answer["Attributes"].values()) == {"0"}:
            return
        if time.monotonic() > until:
            raise LocalError(what)
        time.sleep(POLL_SECONDS)
