"""A world for each test; at the end of the run, how many histories went through it."""

import pytest

from tests.emulator import Emulator
from tests.unit.retention.world import World

HISTORIES: list[int] = []
"""Messages that were delivered in each history of test_histories.py."""


@pytest.fixture
def world(emulator: Emulator) -> World:
    """Empty buckets, tables and queues, and the handlers on them."""
    return World(emulator)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much the property test has seen."""
    if HISTORIES:
        line = f"plans: {len(HISTORIES)} histories, {sum(HISTORIES)} messages delivered in them"
        terminalreporter.write_line(line)
