"""A world for each test of removals."""

from typing import TYPE_CHECKING

import pytest

from runtime.common.owned_items import OwnedItems
from runtime.common.users import UserStore
from runtime.removal.account_erasure import AccountErasure
from runtime.removal.handler import RemovalHandler
from tests.emulator import Emulator
from tests.jobs import JobStore
from tests.unit.clock import Clock
from tests.unit.removal.again import Again
from tests.unit.removal.world import SITE, Post, World, buckets

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@pytest.fixture
def world(
    emulator: Emulator,
    annotations_table: "Table",
    users_table: "Table",
    owned_items_table: "Table",
) -> World:
    clock = Clock()
    jobs = JobStore(annotations_table, clock)
    files = buckets(emulator.session.client("s3", endpoint_url=emulator.endpoint_url))
    post = Post()
    # Post and Again have the one method that is called.
    owned_items = OwnedItems(owned_items_table, clock)
    erasure = AccountErasure(
        UserStore(users_table, clock),
        users_table,
        owned_items,
        post,  # type: ignore[arg-type]
        SITE,
    )
    again = Again()
    handler = RemovalHandler(
        jobs=jobs,
        owned_items=owned_items,
        files=files,
        removals=again,  # type: ignore[arg-type]
        erasure=erasure,
        clock=clock,
    )
    return World(handler, jobs, files, erasure.users, post, clock, again)
