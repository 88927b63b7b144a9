"""Limits hold over all instances, for a while, and by who asks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from runtime.web.services.throttle import Limit, Throttle, TooMany
from tests.unit.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

THREE = Limit("three", tries=3, seconds=60)


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.advance(60 - clock.now % 60)  # to the beginning of a window
    return clock


@pytest.fixture
def throttle(ephemeral_table: "Table", clock: Clock) -> Throttle:
    return Throttle(ephemeral_table, clock)


def allowed(take: Callable[[], None]) -> bool:
    try:
        take()
    except TooMany:
        return False
    return True


def test_should_refuse_until_the_window_ends_when_all_tries_are_taken(
    throttle: Throttle, clock: Clock
) -> None:
    for _ in range(3):
        throttle.take(THREE, "ada")
    clock.advance(20)
    with pytest.raises(TooMany) as refusal:
        throttle.take(THREE, "ada")
    assert refusal.value.retry_after == 40
    clock.advance(40)
    throttle.take(THREE, "ada")


def test_should_count_apart_when_subject_or_limit_differ(throttle: Throttle) -> None:
    for subject in (("ada",), ("eve",), ("ada", "here"), ("adahere",)):
        for limit in (THREE, Limit("other", tries=3, seconds=60)):
            for _ in range(3):
                throttle.take(limit, *subject)


def test_should_allow_no_more_than_the_limit_when_instances_ask_at_once(
    ephemeral_table: "Table", clock: Clock
) -> None:
    instances = [Throttle(ephemeral_table, clock) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(
            lambda instance: allowed(lambda: instance.take(THREE, "ada")), instances * 2
        )
    assert sum(answers) == 3


def test_should_allow_again_when_a_try_is_given_back(throttle: Throttle) -> None:
    for _ in range(10):
        throttle.take(THREE, "ada")
        throttle.give_back(THREE, "ada")
    throttle.give_back(THREE, "never counted")
    for _ in range(3):
        throttle.take(THREE, "never counted")
    assert not allowed(lambda: throttle.take(THREE, "never counted"))


def test_should_count_anew_when_tries_are_forgiven(
    throttle: Throttle, ephemeral_table: "Table"
) -> None:
    for _ in range(3):
        throttle.take(THREE, "ada")
    throttle.forgive(THREE, "ada")
    for _ in range(3):
        throttle.take(THREE, "ada")
    assert not allowed(lambda: throttle.take(THREE, "ada"))
    throttle.forgive(THREE, "never counted")
    assert len(ephemeral_table.scan()["Items"]) == 1


def test_should_be_forgotten_and_name_nobody_when_a_try_is_counted(
    throttle: Throttle, ephemeral_table: "Table", clock: Clock
) -> None:
    throttle.take(THREE, "ada@example.org")
    [item] = ephemeral_table.scan()["Items"]
    assert item["expires_at"] == int(clock.now) + 60
    assert str(item["item_id"]).startswith("throttle#three#")
    assert "ada" not in str(item)
