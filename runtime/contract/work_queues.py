"""The queues of a stage, each with its dead-letter queue, as one setting of web."""

from collections.abc import Iterable
from dataclasses import dataclass

BETWEEN_QUEUES, WITHIN_A_QUEUE = ",", "="
"""A queue's URL holds neither."""


@dataclass(frozen=True)
class WorkQueue:
    """A queue.

    Attributes:
        name: in the outputs of the stacks, such as JobRequests.
        url: of the queue.
        dlq_url: of its dead-letter queue.
    """

    name: str
    url: str
    dlq_url: str


def encode_queues(queues: Iterable[WorkQueue]) -> str:
    """Return queues as an environment file can hold them."""
    return BETWEEN_QUEUES.join(
        WITHIN_A_QUEUE.join((queue.name, queue.url, queue.dlq_url)) for queue in queues
    )


def decode_queues(text: str) -> tuple[WorkQueue, ...]:
    """Return the queues of a setting.

    Raises:
        ValueError: it isn't what `encode_queues` returned.
    """
    found = [each.split(WITHIN_A_QUEUE) for each in text.split(BETWEEN_QUEUES)]
    if any(len(parts) != 3 or not all(parts) for parts in found):
        raise ValueError("a queue has a name, a URL and the URL of its dead-letter queue")
    return tuple(WorkQueue(*parts) for parts in found)
