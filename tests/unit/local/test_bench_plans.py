"""The figures of `./gas bench plans` as a person reads them, and the memory of a sleeper."""

from datetime import UTC, datetime

import psutil

from local.bench.plans import PlansResult, rows
from local.bench.plans_processes import Running, sleeping_bytes
from local.bench.report import Machine

MIB = 2**20


def test_should_set_the_design_beside_sleeping_processes_when_it_is_a_table() -> None:
    result = PlansResult(
        measured_at=datetime(2026, 11, 22, tzinfo=UTC),
        machine=Machine(cores=2, memory_bytes=1, system="x", python="3"),
        jobs=200,
        archives=1_234.5,
        archives_ceiling=2_000,
        restores=500,
        restores_ceiling=600,
        pending=10_000,
        pending_messages=10_000,
        archive_bytes_before=90 * MIB,
        archive_bytes_pending=91 * MIB,
        sleepers=50,
        sleeper_bytes=40 * MIB,
    )
    values = {row.what.strip(): row.value for row in rows(result)}
    assert values["archives a minute, one utilities instance"] == "1,234"
    assert values["with 10,000 pending archives, more"] == "1 MiB"
    assert values["one sleeping process a job (of 50)"] == "40 MiB"
    assert values["10,000 of them"] == "400,000 MiB"


def test_should_measure_what_a_sleeping_process_has_of_its_own() -> None:
    like = Running(psutil.Process(), "runtime.archive")
    own = sleeping_bytes(like, 2)
    assert 5 * MIB < own < 200 * MIB
    assert "time.sleep(1800)" not in str([p.cmdline() for p in psutil.Process().children()])
