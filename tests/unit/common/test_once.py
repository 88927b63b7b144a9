"""An act that is done once, however many ask for it."""

from typing import TYPE_CHECKING

import pytest
from boto3.dynamodb.conditions import Attr

from runtime.common.once import HOLD_SECONDS, Busy, once

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEY = {"job_id": "job-1"}
NOW = 1_800_000_000


@pytest.fixture
def table(annotations_table: "Table") -> "Table":
    annotations_table.put_item(Item=KEY)
    return annotations_table


def do(table: "Table", done: list[int], now: int = NOW) -> bool:
    act = lambda: done.append(now)  # noqa: E731
    return once(table, KEY, "mail", act, now=now, only_if=Attr("job_id").exists())


def test_should_do_it_once_when_asked_twice(table: "Table") -> None:
    done: list[int] = []
    assert do(table, done)
    assert not do(table, done, NOW + 1000)
    assert done == [NOW]


def test_should_be_busy_when_another_is_at_it(table: "Table") -> None:
    done: list[int] = []

    def meanwhile() -> None:
        with pytest.raises(Busy) as other:
            do(table, done, NOW + 10)
        assert other.value.retry_after == HOLD_SECONDS - 10 + 1

    assert once(table, KEY, "mail", meanwhile, now=NOW, only_if=Attr("job_id").exists())
    assert done == []


def test_should_be_free_at_once_when_it_failed(table: "Table") -> None:
    done: list[int] = []

    def fail() -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        once(table, KEY, "mail", fail, now=NOW, only_if=Attr("job_id").exists())
    assert do(table, done)


def test_should_be_free_after_a_while_when_who_held_it_died(table: "Table") -> None:
    table.put_item(Item=KEY | {"mail_until": NOW + HOLD_SECONDS})
    done: list[int] = []
    with pytest.raises(Busy):
        do(table, done)
    assert do(table, done, NOW + HOLD_SECONDS + 1)


def test_should_not_do_it_when_the_condition_does_not_hold(table: "Table") -> None:
    done: list[int] = []
    act = lambda: done.append(1)  # noqa: E731
    assert not once(
        table, {"job_id": "job-2"}, "mail", act, now=NOW, only_if=Attr("job_id").exists()
    )
    assert done == []
    assert "Item" not in table.get_item(Key={"job_id": "job-2"})
