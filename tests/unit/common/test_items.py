"""Conditional writes say what they are meant to say, whatever other threads write."""

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from boto3.dynamodb.conditions import Attr, Key

from runtime.common import items

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
        condition = Attr("x").eq(1) & Attr("y").eq(number)
        items.update(table, {"key": "k"}, set_={"z": number}, condition=condition)

    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(write, range(WRITES)))
    assert len(sent) == WRITES
    for body in sent:
        assert body["ConditionExpression"] == "(#n0 = :v0 AND #n1 = :v1)"
        assert body["ExpressionAttributeNames"] == {"#n0": "x", "#n1": "y", "#attr_z": "z"}
        values = body["ExpressionAttributeValues"]
        assert values[":v1"] == values[":attr_z"]


def test_should_compare_with_the_old_value_when_an_attribute_is_also_set(
    table: "Table", sent: list[dict[str, Any]]
) -> None:
    items.update(table, {"key": "k"}, set_={"n0": 1}, remove=("v0",), condition=Attr("n0").eq(0))
    [body] = sent
    assert body["ConditionExpression"] == "#n0 = :v0"
    assert body["UpdateExpression"] == "SET #attr_n0 = :attr_n0 REMOVE #attr_v0"
    assert body["ExpressionAttributeNames"] == {"#n0": "n0", "#attr_n0": "n0", "#attr_v0": "v0"}
    assert body["ExpressionAttributeValues"] == {":v0": {"N": "0"}, ":attr_n0": {"N": "1"}}


def test_should_number_key_and_filter_apart_when_both_are_asked_for() -> None:
    assert items.query(Key("a").eq("x"), only=Attr("b").eq("y")) == {
        "KeyConditionExpression": "#n0 = :v0",
        "FilterExpression": "#n1 = :v1",
        "ExpressionAttributeNames": {"#n0": "a", "#n1": "b"},
        "ExpressionAttributeValues": {":v0": "x", ":v1": "y"},
    }


def test_should_yield_every_item_when_a_query_has_more_pages_than_one(
    owned_items_table: "Table",
) -> None:
    for number in range(3):
        owned_items_table.put_item(Item={"owner": "user#ada", "item_id": f"star#{number}"})
    query: dict[str, Any] = {**items.query(Key("owner").eq("user#ada")), "Limit": 1}

    found = list(items.pages(owned_items_table.query, query))

    assert [item["item_id"] for page in found for item in page] == ["star#0", "star#1", "star#2"]
    assert len(found) > 1
