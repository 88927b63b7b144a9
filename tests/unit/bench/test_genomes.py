"""The figures of the benchmark of a genome of human size are right."""

from typing import Any

import pytest

from bench.genomes import Built, GenomesResult, rows
from bench.report import Machine, now, series

MIB = 2**20

GOOD: dict[str, Any] = {
    "built": Built(seconds=200, peak_own_bytes=8192 * MIB),
    "load_seconds": 3.0,
    "many_transcripts": False,
    "read_seconds": 1.0,
    "own_bytes": 512 * MIB,
    "side_by_side_bytes": 512 * MIB,
    "small_seconds": series([1.0, 2.0, 60.0]),
    "large_alleles": 1_000_000,
    "large_seconds": 200.0,
    "engine_bytes": 400 * MIB,
    "peak_own_bytes": 1000 * MIB,
    "engines": 2,
}


@pytest.mark.parametrize(
    ("worse", "missed"),
    [
        ({}, []),
        ({"built": Built(seconds=200, peak_own_bytes=8193 * MIB)}, ["  peak memory"]),
        ({"own_bytes": 513 * MIB}, ["annotator's process after its start"]),
        ({"side_by_side_bytes": 513 * MIB}, ["the same with rcrs beside it"]),
        ({"large_seconds": 201.0}, ["  variants a second"]),
        ({"built": None}, []),
    ],
)
def test_should_say_which_targets_are_missed_when_a_genome_was_measured(
    worse: dict[str, Any], missed: list[str]
) -> None:
    machine = Machine.this().model_copy(update={"cores": 2})
    result = GenomesResult(measured_at=now(), machine=machine, **(GOOD | worse))

    assert [row.what for row in rows(result) if row.met is False] == missed
