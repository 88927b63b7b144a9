"""Asking S3: which tier, what it takes, and storage classes that need no asking."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from runtime.common.job import ResultState
from runtime.retention.retrieval import Progress
from tests.emulator import Emulator
from tests.unit.retention.world import World

NO_CAPACITY = "GlacierExpeditedRetrievalNotAvailable"


def asked_tiers(world: World, *, refuse: str | None = None) -> list[str]:
    """Note the tier of each request; refuse Expedited with `refuse`, as S3 does when it's full."""
    tiers: list[str] = []

    def note(params: dict[str, Any], **_: object) -> None:
        tiers.append(params["RestoreRequest"]["GlacierJobParameters"]["Tier"])

    def full(**_: object) -> None:
        if refuse and tiers[-1] == "Expedited":
            answer: Any = {"Error": {"Code": refuse, "Message": "no"}}
            raise ClientError(answer, "RestoreObject")

    events = world.restorer.requester.retrieval.s3.meta.events
    events.register("provide-client-params.s3.RestoreObject", note)
    events.register("before-call.s3.RestoreObject", full)
    return tiers


def test_should_fall_back_to_standard_when_expedited_has_no_capacity(world: World) -> None:
    tiers = asked_tiers(world, refuse=NO_CAPACITY)
    owner = world.user()
    [job] = world.archived(owner)
    world.restore_now(world.upgrade(owner))
    assert tiers == ["Expedited", "Standard"]
    now = world.job(job)
    assert now.result_state is ResultState.RESTORING
    assert now.restore_due == int(world.clock()) + 5 * 3600


def test_should_ask_for_a_tier_of_the_objects_class_when_the_stage_has_another_now(
    emulator: Emulator,
) -> None:
    world = World(emulator, storage_class="DEEP_ARCHIVE")
    tiers = asked_tiers(world)
    owner = world.user()
    [job] = world.archived(owner)
    world.restore_now(world.upgrade(owner))
    assert tiers == ["Standard"]
    assert world.job(job).restore_due == int(world.clock()) + 12 * 3600


def test_should_not_fall_back_when_s3_refuses_for_another_reason(world: World) -> None:
    tiers = asked_tiers(world, refuse="AccessDenied")
    owner = world.user()
    [job] = world.archived(owner)
    world.restore_now(world.upgrade(owner))
    assert tiers == ["Expedited"]
    assert world.job(job).result_state is ResultState.ARCHIVED
    assert len(world.restore_requests.take_all()) == 3  # itself, the check, the second look


def test_should_take_it_as_asked_when_a_restore_is_under_way(world: World) -> None:
    owner = world.user()
    [job] = world.archived(owner)
    retrieval = world.restorer.requester.retrieval
    assert not retrieval.request(job).readable
    again = retrieval.request(job)
    assert again.due == int(world.clock()) + 300


@pytest.mark.parametrize("storage_class", ["GLACIER_IR", "STANDARD_IA"])
def test_should_come_back_at_once_when_the_class_needs_no_restore(
    emulator: Emulator, storage_class: str
) -> None:
    world = World(emulator, storage_class=storage_class)
    owner = world.user()
    [job] = world.archived(owner)
    retrieval = world.restorer.requester.retrieval
    assert retrieval.progress(retrieval.head(job)) is Progress.READABLE
    world.restore_now(world.upgrade(owner))
    world.pump(seconds=20)
    assert world.job(job).result_state is ResultState.AVAILABLE
    assert world.content(job) == b"the result"
    assert world.restored_mails == [owner.user_id]
