"""The figures of the simulator's benchmark are right."""

import pytest

from bench.report import Machine, now, series
from bench.simulate import SimulateResult, rows

MIB = 2**20


@pytest.mark.parametrize(
    ("jobs", "seconds", "peak_bytes", "met"),
    [
        (1_000_000, 9.9, 499 * MIB, [True, True, True]),
        (999_999, 9.9, 499 * MIB, [False, True, True]),
        (1_000_000, 10.0, 499 * MIB, [True, False, True]),
        (1_000_000, 9.9, 500 * MIB, [True, True, False]),
    ],
)
def test_should_say_which_targets_are_met_when_a_simulation_was_measured(
    jobs: int, seconds: float, peak_bytes: float, met: list[bool]
) -> None:
    result = SimulateResult(
        measured_at=now(),
        machine=Machine.this(),
        jobs=jobs,
        seconds=series([1.0, seconds, 60.0]),
        peak_bytes=series([1.0, peak_bytes, 10**12]),
    )

    assert [row.met for row in rows(result)] == met
