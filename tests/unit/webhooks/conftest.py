"""A receiver of requests and the handler, for each test."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.emulator import Emulator
from tests.unit.webhooks.receiver import Receiver, receiving
from tests.unit.webhooks.world import World

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as started:
        yield started


@pytest.fixture
def world(
    emulator: Emulator,
    receiver: Receiver,
    annotations_table: "Table",
    users_table: "Table",
    owned_items_table: "Table",
) -> World:
    made = World(emulator, receiver, annotations_table, users_table, owned_items_table)
    made.webhooks.create(made.ada.user_id, receiver.url)
    return made
