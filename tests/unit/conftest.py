"""Fixtures of the unit tests: one emulator a session, empty tables for each test that asks."""

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.emulator import (
    Emulator,
    create_annotations_table,
    create_users_table,
    running_emulator,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """A real emulator, started when the first test asks for it."""
    with running_emulator() as started:
        yield started


@pytest.fixture
def annotations_table(emulator: Emulator) -> "Table":
    """An empty table of jobs."""
    return create_annotations_table(emulator, f"annotations-{uuid.uuid4()}")


@pytest.fixture
def users_table(emulator: Emulator) -> "Table":
    """An empty table of users."""
    return create_users_table(emulator, f"users-{uuid.uuid4()}")
