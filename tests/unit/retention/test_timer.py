"""The timer of retention: messages of SQS, delayed again and again."""

from typing import TYPE_CHECKING

import pytest

from runtime.common.job import ResultState
from runtime.common.messages import JobResult
from runtime.common.queues import Queue
from runtime.contract.sqs import BATCH, MAX_DELAY_SECONDS
from runtime.retention.timer import RequeueNotDue, RetentionTimer, next_delay
from tests.unit.delivery import delivery
from tests.unit.retention.seam import Crash
from tests.unit.retention.stage import RETENTION
from tests.unit.retention.world import World

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

START = 1_800_000_000.0


@pytest.mark.parametrize(
    ("due", "now", "seconds"),
    [(100, 100, 0), (100, 101, 0), (101, 100.9, 1), (1_000, 100, 900), (1_001, 100, 900)],
)
def test_should_delay_as_long_as_sqs_allows(due: int, now: float, seconds: int) -> None:
    assert next_delay(due, now) == seconds


class Delays:
    """What was sent, with its delay, by a seam on the calls of SQS."""

    def __init__(self, world: World) -> None:
        self.sent: list[int] = []
        sqs = world.client("sqs")
        sqs.meta.events.register("provide-client-params.sqs", self._note)
        timer = RetentionTimer(Queue(sqs, world.archive_queue.url), world.clock)
        self.prefilter = RequeueNotDue(timer, RETENTION)

    def _note(self, params: "dict[str, object]", **_: object) -> None:
        entries = params.get("Entries", [])
        assert isinstance(entries, list)
        self.sent += [entry["DelaySeconds"] for entry in entries if "DelaySeconds" in entry]


def received(world: World, *messages: JobResult) -> "list[MessageTypeDef]":
    """Send messages, and receive them."""
    for message in messages:
        world.archive_queue.send(message.to_body())
    answer = world.archive_queue.sqs.receive_message(
        QueueUrl=world.archive_queue.url,
        MaxNumberOfMessages=BATCH,
        MessageSystemAttributeNames=["ApproximateReceiveCount"],
    )
    return answer["Messages"]


def test_should_archive_after_two_delays_when_the_retention_is_half_an_hour(world: World) -> None:
    delays = Delays(world)
    job = world.completed(world.user())
    message = JobResult.of(job)
    world.clock.advance(MAX_DELAY_SECONDS)  # the queue's own delay is the first one
    assert delays.prefilter(received(world, message)) == []
    assert delays.sent == [MAX_DELAY_SECONDS]
    world.clock.advance(delays.sent[-1])
    assert world.clock.now - START == RETENTION
    due = delays.prefilter(received(world, message))
    assert [JobResult.from_body(raw["Body"]) for raw in due] == [message]
    world.archiver(message, delivery())
    assert world.job(job).result_state is ResultState.ARCHIVED


def test_should_need_three_delays_when_the_message_came_at_once(world: World) -> None:
    delays = Delays(world)
    message = JobResult.of(world.completed(world.user()))
    for expected in ([900], [900, 900]):
        assert delays.prefilter(received(world, message)) == []
        assert delays.sent == expected
        world.clock.advance(delays.sent[-1])
    assert len(delays.prefilter(received(world, message))) == 1


def test_should_send_and_delete_in_one_call_each_when_a_batch_is_early(world: World) -> None:
    messages = [JobResult.of(world.completed(world.user())) for _ in range(BATCH)]
    batch = received(world, *messages)
    assert len(batch) == BATCH
    world.seam.calls.clear()
    assert world.prefilter()(batch) == []
    assert [call for call in world.seam.calls if call.startswith("after")] == [
        "after SendMessageBatch",
        "after DeleteMessageBatch",
    ]
    assert (world.archive_queue.count(), world.archive_queue.count_delayed()) == (0, BATCH)


def test_should_return_the_due_when_others_are_early(world: World) -> None:
    due = JobResult.of(world.due(world.user()))
    early = JobResult.of(world.completed(world.user()))
    left = world.prefilter()(received(world, early, due))
    assert [JobResult.from_body(raw["Body"]) for raw in left] == [due]


def test_should_leave_a_bad_message_to_the_loop(world: World) -> None:
    world.archive_queue.send("not JSON")
    batch = received(world, JobResult.of(world.completed(world.user())))
    assert [raw["Body"] for raw in world.prefilter()(batch)] == ["not JSON"]


@pytest.mark.parametrize(
    ("moment", "messages"),
    [
        ("before SendMessageBatch", 1),
        ("after SendMessageBatch", 2),
        ("after DeleteMessageBatch", 1),
    ],
)
def test_should_lose_no_message_when_it_dies_between_sending_and_deleting(
    world: World, moment: str, messages: int
) -> None:
    batch = received(world, JobResult.of(world.completed(world.user())))
    world.seam.crash_at(moment)
    with pytest.raises(Crash):
        world.prefilter()(batch)
    assert world.archive_queue.count() + world.archive_queue.count_delayed() == messages
