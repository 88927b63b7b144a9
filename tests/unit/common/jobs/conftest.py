"""A job store on a real table, and the steps that its tests share."""

from typing import TYPE_CHECKING

import pytest

from tests.jobs import JobStore
from tests.unit.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(annotations_table: "Table", clock: Clock) -> JobStore:
    return JobStore(annotations_table, clock)
