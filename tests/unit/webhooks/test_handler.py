"""Ends and moves of jobs reach the webhook of their owner, in spite of crashes and failures."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from runtime.common.account_standing import AccountStanding
from runtime.common.job import CANCELLED
from runtime.common.messages import (
    DeliverWebhook,
    JobResult,
    ResultMoved,
    WebhookTest,
)
from runtime.common.webhooks import DeliveryState
from runtime.contract.dynamodb import WRITTEN_BY_WEBHOOKS
from runtime.webhooks.bus import NotPut
from runtime.webhooks.events import Event
from tests.unit.delivery import delivery
from tests.unit.webhooks.world import World

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


DAY = 86_400


def test_should_deliver_once_when_told_twice(world: World) -> None:
    message = JobResult.of(world.ended())
    world.handle(message)
    world.handle(message)
    world.pump()
    world.pump()
    [event] = world.arrived()
    assert event["type"] == "job.completed"
    [kept] = world.webhooks.deliveries(world.ada.user_id)
    assert (kept.state, kept.attempts, kept.answer) == (DeliveryState.DELIVERED, 1, "200 thanks")


def test_should_name_no_file_when_a_job_is_told_of(world: World) -> None:
    world.handle(JobResult.of(world.ended(error="Line 5 of Jane Doe.vcf is wrong")))
    world.pump()
    [event] = world.arrived()
    assert event["type"] == "job.failed"
    assert "Jane" not in json.dumps(event)


def test_should_send_nothing_when_the_account_is_suspended(
    world: World, users_table: "Table"
) -> None:
    world.handle(JobResult.of(world.ended()))
    AccountStanding(users_table).suspend(world.ada.user_id)
    world.pump()
    assert world.arrived() == []
    [kept] = world.webhooks.deliveries(world.ada.user_id)
    assert (kept.state, kept.attempts) == (DeliveryState.FAILED, 0)


@pytest.mark.parametrize("move", ["archived", "restored"])
def test_should_tell_each_move_once_when_a_result_moves(world: World, move: str) -> None:
    job = world.ended()
    for epoch in (1, 1, 3):
        world.handle(
            ResultMoved.model_validate(
                {
                    "job_id": job.job_id,
                    "user_id": job.user_id,
                    "move": move,
                    "result_epoch": epoch,
                    "moved_time": int(world.clock()),
                }
            )
        )
    world.pump()
    assert [event["type"] for event in world.arrived()] == [f"job.{move}"] * 2
    assert len({str(event["id"]) for event in world.arrived()}) == 2


def test_should_say_cancelled_when_the_owner_ended_the_job(world: World) -> None:
    world.handle(JobResult.of(world.ended(error=CANCELLED)))
    assert [event.event_type for event in world.published] == ["job.cancelled"]


def test_should_send_nothing_when_a_user_has_no_webhook(world: World) -> None:
    world.webhooks.delete(world.ada.user_id)
    world.handle(JobResult.of(world.ended()))
    assert world.pump() == []
    assert world.webhooks.deliveries(world.ada.user_id) == []
    assert len(world.published) == 1, "the bus hears of every user's jobs"


def test_should_try_again_later_and_later_when_the_receiver_fails(world: World) -> None:
    world.receiver.status = 500
    world.handle(JobResult.of(world.ended()))
    world.pump()
    for seconds in (30, 120, 600):
        world.clock.advance(seconds - 1)
        tried = len(world.receiver.requests)
        world.pump()
        assert len(world.receiver.requests) == tried, "too early"
        world.clock.advance(1)
        world.pump()
        assert len(world.receiver.requests) == tried + 1
    world.receiver.status = 200
    world.clock.advance(3600)
    world.pump()
    [kept] = world.webhooks.deliveries(world.ada.user_id)
    assert (kept.state, kept.attempts) == (DeliveryState.DELIVERED, 5)
    after = world.webhooks.get(world.ada.user_id)
    assert after is not None
    assert (after.failures, after.failing_since) == (0, None)


def test_should_wait_with_others_when_the_receiver_fails(world: World) -> None:
    world.receiver.status = 500
    world.handle(JobResult.of(world.ended("job-1")))
    world.pump()
    world.handle(JobResult.of(world.ended("job-2")))
    world.pump()
    assert len(world.receiver.requests) == 1


def test_should_go_on_when_a_crash_lost_the_next_message(world: World) -> None:
    world.receiver.status = 500
    world.handle(JobResult.of(world.ended()))
    [first] = world.pump()
    world.queue.take_all()  # the message of the next attempt was never sent
    assert isinstance(first, DeliverWebhook)
    world.handle(first, receive_count=2)
    world.receiver.status = 200
    world.clock.advance(30)
    world.pump()
    [kept] = world.webhooks.deliveries(world.ada.user_id)
    assert (kept.state, kept.attempts) == (DeliveryState.DELIVERED, 2)


def test_should_go_on_with_one_message_when_a_delivery_was_sent_again_meanwhile(
    world: World,
) -> None:
    world.receiver.status = 500
    world.handle(JobResult.of(world.ended()))
    [first] = world.pump()
    for _ in range(2):
        world.handle(first)  # those of the button, which the attempt has overtaken
    assert len(world.receiver.requests) == 1
    assert len(world.queue.take_all()) == 1


def test_should_disable_with_one_mail_when_it_fails_for_days(world: World) -> None:
    world.receiver.status, world.receiver.answer = 500, b"<script>alert(1)</script>"
    for number in range(9):
        world.handle(JobResult.of(world.ended(f"job-{number}")))
        world.pump()
        world.clock.advance(DAY / 2)
        world.pump()
    after = world.webhooks.get(world.ada.user_id)
    assert after is not None
    assert after.disabled_time is not None
    [mail] = world.outbox.to("ada@example.org")
    assert mail.subject == "Your webhook has been turned off"
    assert world.receiver.url in mail.text
    world.pump()
    states = {each.state for each in world.webhooks.deliveries(world.ada.user_id)}
    assert DeliveryState.PENDING not in states


def test_should_stay_on_when_few_attempts_failed_over_many_days(world: World) -> None:
    """A delivery that was sent again by hand, long after its event, is tried once."""
    world.receiver.status = 500
    for day in range(3):
        world.handle(JobResult.of(world.ended(f"job-{day}")))
        world.clock.advance(4 * DAY)
        world.pump()
    after = world.webhooks.get(world.ada.user_id)
    assert after is not None
    assert (after.failures, after.disabled_time) == (3, None)


def test_should_send_at_once_when_the_owner_has_unblocked_a_failing_webhook(world: World) -> None:
    world.receiver.status = 500
    world.handle(JobResult.of(world.ended()))
    world.pump()
    world.receiver.status = 200
    world.webhooks.unblock(world.ada.user_id)
    world.handle(
        WebhookTest(user_id=world.ada.user_id, test_id="t-1", asked_time=int(world.clock()))
    )
    world.pump()
    assert [event["type"] for event in world.arrived()] == ["job.completed", "webhook.test"]


def test_should_still_deliver_when_the_bus_refuses_events(world: World) -> None:
    def refuse(_event: Event) -> None:
        raise NotPut("no such bus")

    handler = replace(world.handler, publish=refuse)
    with pytest.raises(NotPut):
        handler(JobResult.of(world.ended()), delivery())
    world.pump()
    assert [event["type"] for event in world.arrived()] == ["job.completed"]


def test_should_write_only_what_its_role_may_when_deliveries_come_and_go(
    world: World, owned_items_table: "Table"
) -> None:
    """AWS compares the attributes of each write with the policy; the emulator doesn't."""
    written: set[str] = set()

    def note(params: dict[str, Any], **_: object) -> None:
        if params["TableName"] == owned_items_table.name:
            written.update(params.get("Item", ()), params.get("Key", ()))
            written.update(params.get("ExpressionAttributeNames", {}).values())

    events = owned_items_table.meta.client.meta.events
    for operation in ("PutItem", "UpdateItem"):
        events.register(f"provide-client-params.dynamodb.{operation}", note)
    test_should_disable_with_one_mail_when_it_fails_for_days(world)
    world.webhooks.enable(world.ada.user_id)
    world.receiver.status = 200
    world.handle(JobResult.of(world.ended("job-9")))
    world.pump()
    assert written == set(WRITTEN_BY_WEBHOOKS)


def test_should_send_a_test_when_its_owner_wants_it(world: World) -> None:
    asked = int(world.clock())
    world.handle(WebhookTest(user_id=world.ada.user_id, test_id="t-1", asked_time=asked))
    world.pump()
    [event] = world.arrived()
    assert (event["type"], event["data"]) == ("webhook.test", {})
