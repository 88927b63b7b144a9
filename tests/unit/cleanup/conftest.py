"""The world of plans, for the process that deletes what archive and thaw leave behind."""

import pytest

from tests.emulator import Emulator
from tests.unit.retention.world import World


@pytest.fixture
def world(emulator: Emulator) -> World:
    """Empty buckets, tables and queues, and the handlers on them."""
    return World(emulator)
