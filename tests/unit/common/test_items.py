"""Conditional writes say what they are meant to say, whatever other threads write."""

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from runtime.common import items
from runtime.common.items import Condition

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

WRITES = 4000


@pytest.fixture
def sent() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def table(sent: list[dict[str, Any]]) -> "Table":
    """A table that answers without a network: only so do many writes meet inside boto3."""
    resource = boto3.resource(
        "dynamodb", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )

    def answer(params: dict[str, Any], **_: object) -> tuple[object, dict[str, Any]]:
        sent.append(json.loads(params["body"]))
        return SimpleNamespace(status_code=200), {"Attributes": {}}

    made = resource.Table("t")
    # botocore takes what the handler returns for the answer; the stubs don't know.
    made.meta.client.meta.events.register(
        "before-call.dynamodb.UpdateItem",
        answer,  # type: ignore[arg-type]
    )
    return made


@pytest.fixture
def short_turns() -> Iterator[None]:
    """Let threads take turns so often that what they share by mistake shows."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("short_turns")
def test_should_keep_conditions_apart_when_threads_share_a_table(
    table: "Table", sent: list[dict[str, Any]]
) -> None:
    def write(number: int) -> None:
        condition = Condition("#x = :x AND #y = :number", {"x": 1, "number": number})
        items.update(table, {"key": "k"}, set_={"z": number}, condition=condition)

    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(write, range(WRITES)))
    assert len(sent) == WRITES
    for body in sent:
        assert body["ExpressionAttributeNames"] == {"#x": "x", "#y": "y", "#z": "z"}
        values = body["ExpressionAttributeValues"]
        assert values[":number"] == values[":z"]


def test_should_refuse_a_value_that_both_name(table: "Table") -> None:
    with pytest.raises(ValueError, match="both name"):
        items.update(table, {"key": "k"}, set_={"z": 1}, condition=Condition("#z = :z", {"z": 0}))
