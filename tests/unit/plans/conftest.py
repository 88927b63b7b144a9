"""A world for each test."""

import pytest

from tests.emulator import Emulator
from tests.unit.plans.world import World


@pytest.fixture
def world(emulator: Emulator) -> World:
    """Empty buckets, tables and queues, and the handlers on them."""
    return World(emulator)
