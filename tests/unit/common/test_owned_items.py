"""What belongs to an account or a job."""

from typing import TYPE_CHECKING

import pytest
from boto3.dynamodb.conditions import Attr

from runtime.common.owned_items import ItemExists, ItemMissing, OwnedItems, of_job, of_user
from tests.unit.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

ADA, EVE = of_user("ada"), of_user("eve")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def items(owned_items_table: "Table", clock: Clock) -> OwnedItems:
    return OwnedItems(owned_items_table, clock)


def ids(items: OwnedItems, owner: str, prefix: str) -> list[str]:
    return [item["item_id"] for item in items.all(owner, prefix)]


def test_should_list_an_owners_items_of_a_kind_by_id(items: OwnedItems) -> None:
    for owner, item_id in [(ADA, "a#2"), (ADA, "a#1"), (ADA, "b#1"), (EVE, "a#3")]:
        items.create(owner, item_id, {})
    assert ids(items, ADA, "a#") == ["a#1", "a#2"]
    assert items.get(EVE, "b#1") is None


def test_should_refuse_a_second_item_when_one_of_that_id_is_there(items: OwnedItems) -> None:
    items.create(ADA, "a#1", {"name": "first"})
    with pytest.raises(ItemExists):
        items.create(ADA, "a#1", {"name": "second"})
    assert items.all(ADA, "a#") == [{"owner": ADA, "item_id": "a#1", "name": "first"}]


def test_should_be_gone_when_its_time_is_over(items: OwnedItems, clock: Clock) -> None:
    items.create(ADA, "a#1", {"expires_at": int(clock()) + 10})
    assert items.get(ADA, "a#1") is not None
    clock.now += 10
    assert items.get(ADA, "a#1") is None
    assert items.all(ADA, "a#") == []
    items.create(ADA, "a#1", {})  # the id is free again


def test_should_change_only_what_is_there_and_as_expected(items: OwnedItems) -> None:
    with pytest.raises(ItemMissing):
        items.update(ADA, "a#1", set_={"name": "x"})
    items.create(ADA, "a#1", {"uses": 1})
    assert items.update(ADA, "a#1", add={"uses": 1})["uses"] == 2
    with pytest.raises(ItemMissing):
        items.update(ADA, "a#1", add={"uses": 1}, only_if=Attr("uses").lt(2))


def test_should_say_whether_there_was_one_when_an_item_is_deleted(items: OwnedItems) -> None:
    items.create(ADA, "a#1", {})
    assert items.delete(ADA, "a#1")
    assert not items.delete(ADA, "a#1")


def test_should_leave_others_alone_when_all_of_an_owner_is_deleted(items: OwnedItems) -> None:
    for owner, item_id in [(ADA, "a#1"), (ADA, "b#1"), (EVE, "a#1"), (of_job("ada"), "a#1")]:
        items.create(owner, item_id, {})
    assert items.delete_all(ADA) == 2
    assert ids(items, ADA, "a#") == []
    assert ids(items, EVE, "a#") == ids(items, of_job("ada"), "a#") == ["a#1"]
