"""Limits hold over all instances, for a while, and by who asks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from runtime.web.services.rate_limit import RateLimit, RateLimiter, TooManyAttempts
from tests.unit.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

THREE = RateLimit("three", attempts=3, seconds=60)


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.advance(60 - clock.now % 60)  # to the beginning of a window
    return clock


@pytest.fixture
def limiter(ephemeral_table: "Table", clock: Clock) -> RateLimiter:
    return RateLimiter(ephemeral_table, clock)


def allowed(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except TooManyAttempts:
        return False
    return True


def test_should_refuse_until_the_window_ends_when_all_attempts_are_used(
    limiter: RateLimiter, clock: Clock
) -> None:
    for _ in range(3):
        limiter.hit(THREE, "ada")
    clock.advance(20)
    with pytest.raises(TooManyAttempts) as refusal:
        limiter.hit(THREE, "ada")
    assert refusal.value.retry_after == 40
    clock.advance(40)
    limiter.hit(THREE, "ada")


def test_should_count_apart_when_subject_or_limit_differ(limiter: RateLimiter) -> None:
    for subject in (("ada",), ("eve",), ("ada", "here"), ("adahere",)):
        for limit in (THREE, RateLimit("other", attempts=3, seconds=60)):
            for _ in range(3):
                limiter.hit(limit, *subject)


def test_should_allow_no_more_than_the_limit_when_instances_ask_at_once(
    ephemeral_table: "Table", clock: Clock
) -> None:
    instances = [RateLimiter(ephemeral_table, clock) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(
            lambda instance: allowed(lambda: instance.hit(THREE, "ada")), instances * 2
        )
    assert sum(answers) == 3


def test_should_allow_again_when_an_attempt_is_refunded(limiter: RateLimiter) -> None:
    for _ in range(10):
        limiter.hit(THREE, "ada")
        limiter.refund(THREE, "ada")
    limiter.refund(THREE, "never counted")
    for _ in range(3):
        limiter.hit(THREE, "never counted")
    assert not allowed(lambda: limiter.hit(THREE, "never counted"))


def test_should_start_from_zero_when_a_limit_is_reset(
    limiter: RateLimiter, ephemeral_table: "Table"
) -> None:
    for _ in range(3):
        limiter.hit(THREE, "ada")
    limiter.reset(THREE, "ada")
    for _ in range(3):
        limiter.hit(THREE, "ada")
    assert not allowed(lambda: limiter.hit(THREE, "ada"))
    limiter.reset(THREE, "never counted")
    assert len(ephemeral_table.scan()["Items"]) == 1


def test_should_expire_and_name_nobody_when_an_attempt_is_counted(
    limiter: RateLimiter, ephemeral_table: "Table", clock: Clock
) -> None:
    limiter.hit(THREE, "ada@example.org")
    [item] = ephemeral_table.scan()["Items"]
    assert item["expires_at"] == int(clock.now) + 60
    assert str(item["item_id"]).startswith("throttle#three#")
    assert "ada" not in str(item)
