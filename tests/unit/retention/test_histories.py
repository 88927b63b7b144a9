"""Whatever happens, in whatever order: no result is lost, and each ends where its plan puts it."""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.unit.retention.conftest import HISTORIES
from tests.unit.retention.histories import Histories
from tests.unit.retention.world import World

EXAMPLES = int(os.environ.get("GAS_HISTORIES", "20"))
"""More are run by `GAS_HISTORIES=1000 ./gas test --only unit -k histories`, say."""

STEPS = 20


def test_should_keep_the_invariants_when_anything_happens_in_any_order(world: World) -> None:
    class Ours(Histories):
        pass

    Ours.world, Ours.ran = world, HISTORIES
    run_state_machine_as_test(
        Ours,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=EXAMPLES <= 20,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert len(HISTORIES) >= EXAMPLES
