"""`./gas bench plans`: the rate of archives and restores, and the memory of pending archives."""

from pathlib import Path

from rich.console import Console

from bench.plans_processes import running, sleeping_bytes
from bench.plans_work import Work
from bench.report import Machine, Result, Row, now, publish
from local.deployed_platform import DeployedPlatform
from local.progress import Steps
from local.temporary import temporary_platform

CEILING_JOBS = 300
"""The ceiling is measured with at most this many results; it doesn't depend on their number."""

PENDING = 10_000
SLEEPERS = 50

CEILING_INSTANCES = 4
"""So many instances reach the ceiling of the emulator, which is one process on one core."""


class PlansResult(Result):
    """All figures. Rates are per minute, memory is in bytes."""

    jobs: int
    ceiling_jobs: int
    archives: float
    archives_ceiling: float
    restores: float
    restores_ceiling: float
    pending: int
    pending_messages: int
    archive_bytes_before: int
    archive_bytes_pending: int
    sleepers: int
    sleeper_bytes: float


def bench_plans(*, jobs: int, out: Path, console: Console) -> None:
    """Measure, print the table and write the figures to `out` as JSON.

    Raises:
        LocalError: the platform didn't start, archives or restores didn't end, or their owner
            didn't get exactly one email.
    """
    with Steps(console) as steps, temporary_platform(steps) as platform:
        result = _measure(platform, jobs, steps)
    publish(result, rows(result), title=f"{jobs:,} results", out=out, console=console)


def _measure(platform: DeployedPlatform, jobs: int, steps: Steps) -> PlansResult:
    archive, thaw = running(platform, "utilities", "archive"), running(platform, "restore", "thaw")
    with steps.step("A result to copy"):
        work = Work.prepare(platform)
    with steps.step(f"{PENDING:,} pending archives"):
        before = archive.resident_bytes
        work.add_pending(PENDING)
        pending_messages, pending_bytes = work.count_pending(), archive.resident_bytes
        work.forget_pending()
    with steps.step(f"{SLEEPERS} sleeping processes"):
        sleeper_bytes = sleeping_bytes(archive, SLEEPERS)
    ceiling_jobs = min(jobs, CEILING_JOBS)
    alone = _rates(work, jobs, steps, "one instance")
    with archive.copies(CEILING_INSTANCES - 1), thaw.copies(CEILING_INSTANCES - 1):
        ceiling = _rates(work, ceiling_jobs, steps, f"{CEILING_INSTANCES} instances")
    return PlansResult(
        measured_at=now(),
        machine=Machine.this(),
        jobs=jobs,
        ceiling_jobs=ceiling_jobs,
        archives=alone[0],
        archives_ceiling=ceiling[0],
        restores=alone[1],
        restores_ceiling=ceiling[1],
        pending=PENDING,
        pending_messages=pending_messages,
        archive_bytes_before=before,
        archive_bytes_pending=pending_bytes,
        sleepers=SLEEPERS,
        sleeper_bytes=sleeper_bytes,
    )


def _rates(work: Work, jobs: int, steps: Steps, who: str) -> tuple[float, float]:
    """Archives and restores per minute."""
    with steps.step(f"{jobs:,} results of one user"):
        batch = work.new_batch(jobs)
    with steps.step(f"Archive them, {who}") as step:
        archives = batch.archive(step)
        step.detail = f"{archives:,.0f} a minute"
    with steps.step(f"Restore them, {who}") as step:
        restores = batch.restore(step)
        step.detail = f"{restores:,.0f} a minute"
    with steps.step("One email says that everything is back"):
        batch.require_told_once()
    return archives, restores


def rows(result: PlansResult) -> list[Row]:
    """The lines of the table."""
    sleeping = result.sleeper_bytes * result.pending
    growth = result.archive_bytes_pending - result.archive_bytes_before
    ceiling = f"  the emulator's ceiling: {CEILING_INSTANCES}, {result.ceiling_jobs:,} results"
    return [
        Row("archives a minute, one utilities instance", f"{result.archives:,.0f}"),
        Row(ceiling, f"{result.archives_ceiling:,.0f}"),
        Row("restores a minute, one restore instance", f"{result.restores:,.0f}"),
        Row(ceiling, f"{result.restores_ceiling:,.0f}"),
        Row("archive process, idle", _mib(result.archive_bytes_before)),
        Row(f"  with {result.pending_messages:,} pending archives, more", _mib(growth)),
        Row(f"one sleeping process a job (of {result.sleepers})", _mib(int(result.sleeper_bytes))),
        Row(f"  {result.pending:,} of them", _mib(int(sleeping))),
    ]


def _mib(count: int) -> str:
    return f"{count / 2**20:,.0f} MiB"
