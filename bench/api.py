"""`./gas bench api`: small jobs through the API, from submission to result, and the emulator's
ceiling beside them."""

import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil
from pydantic import computed_field
from rich.console import Console

from bench import bundles
from bench.api_clients import JobTimes, Work
from bench.api_costs import EMULATOR, Costs, Meter, difference
from bench.api_files import VARIANTS, write_files
from bench.report import Machine, Result, Row, now, publish
from local.deployed_platform import DeployedPlatform
from local.errors import LocalError
from local.progress import Step, Steps
from local.temporary import temporary_platform
from runtime.common.api_tokens import ApiTokens, Scope
from runtime.common.owned_items import OwnedItems
from runtime.common.users import Role, UserStore
from runtime.vcf.fasta import Fasta

REFERENCE = "rcrs"
IDLE_SECONDS = 10.0
WARM_JOBS = 2
"""Of each client: the first ones load modules and open connections."""


@dataclass(frozen=True)
class ApiBench:
    """The options of the benchmark."""

    jobs: int
    clients: int


class ApiResult(Result):
    """All figures. Costs are seconds of processor time of one job, by part."""

    jobs: int
    clients: int
    load_average_before: float
    load_average_after: float
    seconds: float
    times: tuple[JobTimes, ...]
    idle: Costs
    costs: Costs

    @computed_field  # type: ignore[prop-decorator] # mypy knows no decorated property
    @property
    def jobs_per_minute(self) -> float:
        """Jobs that ended a minute."""
        return self.jobs / self.seconds * 60

    @computed_field  # type: ignore[prop-decorator] # as above
    @property
    def ceiling_per_minute(self) -> float:
        """Jobs a minute that would keep the emulator busy: it is one process on one core."""
        return 60 / self.costs[EMULATOR]

    @computed_field  # type: ignore[prop-decorator] # as above
    @property
    def machine_per_minute(self) -> float:
        """Jobs a minute that would keep all cores busy, if nothing else ran."""
        return 60 * self.machine.cores / sum(self.costs.values())


def bench_api(wanted: ApiBench, *, out: Path, console: Console) -> None:
    """Measure, print the table and write the figures to `out` as JSON.

    Raises:
        LocalError: the platform didn't start, or a job failed.
    """
    load, _, _ = psutil.getloadavg()
    with (
        Steps(console) as steps,
        temporary_platform(steps) as platform,
        tempfile.TemporaryDirectory(prefix="gas-bench-") as name,
    ):
        result = _measure(platform, wanted, Path(name), load, steps)
    title = f"{wanted.jobs:,} jobs of {VARIANTS} variants, {wanted.clients} clients"
    publish(result, rows(result), title=title, out=out, console=console)


def _measure(
    platform: DeployedPlatform, wanted: ApiBench, folder: Path, load: float, steps: Steps
) -> ApiResult:
    bundle = bundles.rcrs_bundle(steps)
    fasta = Fasta(bundle / "genome.fa")
    tokens = tuple(_tokens(platform, wanted.clients))
    meter = Meter(platform)
    with steps.step("First jobs") as step:
        warm = write_files(fasta, folder / "warm", wanted.clients * WARM_JOBS)
        _run(_work(platform, tokens, warm), folder, step)
    with steps.step("Nothing to do"):
        idle = meter.rate(IDLE_SECONDS)
    files = write_files(fasta, folder / "files", wanted.jobs)
    with steps.step(f"{wanted.jobs:,} jobs of {wanted.clients} clients") as step:
        before, began = meter.read(), time.monotonic()
        times = _run(_work(platform, tokens, files), folder, step)
        seconds = time.monotonic() - began
        used = difference(before, meter.read())
        step.detail = f"{wanted.jobs / seconds * 60:,.0f} a minute"
    return ApiResult(
        measured_at=now(),
        machine=Machine.this(),
        jobs=wanted.jobs,
        clients=wanted.clients,
        load_average_before=load,
        load_average_after=psutil.getloadavg()[0],
        seconds=seconds,
        times=times,
        idle=idle,
        costs={name: (used[name] - idle[name] * seconds) / wanted.jobs for name in used},
    )


def _tokens(platform: DeployedPlatform, clients: int) -> Iterator[str]:
    """Make a Premium user for each client, so that no plan's limit is what is measured."""
    tables, outputs = platform.account.dynamodb(), platform.outputs
    users = UserStore(tables.Table(outputs.users_table))
    tokens = ApiTokens(OwnedItems(tables.Table(outputs.owned_items_table)))
    for number in range(clients):
        user = users.create(
            email=f"client-{number}@example.org",
            name="Bench",
            password=uuid.uuid4().hex,
            email_verified=True,
            role=Role.PREMIUM_USER,
        )
        yield tokens.create(user.user_id, name="bench", scopes=Scope, days=1)[1]


def _work(platform: DeployedPlatform, tokens: tuple[str, ...], files: list[Path]) -> Work:
    clients = len(tokens)
    return Work(
        url=platform.site_url,
        reference=REFERENCE,
        tokens=tokens,
        files=tuple(tuple(files[number::clients]) for number in range(clients)),
    )


def _run(work: Work, folder: Path, step: Step) -> tuple[JobTimes, ...]:
    """Let the clients work in a process of their own.

    Raises:
        LocalError: a job failed; the message is the client's.
    """
    tasks, errors = folder / "work.json", folder / "errors"
    tasks.write_text(work.model_dump_json())
    command = [sys.executable, "-m", "bench.api_clients", str(tasks)]
    expected, times = sum(len(files) for files in work.files), list[JobTimes]()
    with (
        errors.open("w") as said,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True) as clients,
    ):
        for line in clients.stdout or ():
            times.append(JobTimes.model_validate_json(line))
            step.detail = f"{len(times):,} of {expected:,}"
    if clients.returncode != 0 or len(times) != expected:
        raise LocalError(f"A client ended: {errors.read_text().strip()}")
    return tuple(times)


def rows(result: ApiResult) -> list[Row]:
    """The lines of the table."""
    ended = sorted(each.ended for each in result.times)
    waits = [each.ended - each.started for each in result.times]
    return [
        Row("jobs a minute", f"{result.jobs_per_minute:,.0f}"),
        Row("  the emulator's ceiling", f"{result.ceiling_per_minute:,.0f}"),
        Row("  this machine's ceiling", f"{result.machine_per_minute:,.0f}"),
        Row("submission to result, median", f"{median(ended):.2f} s"),
        Row("  95 % are faster than", f"{ended[-(-len(ended) * 95 // 100) - 1]:.2f} s"),
        Row("  until the job has started", f"{median(e.started for e in result.times):.2f} s"),
        Row("  from then to the result", f"{median(waits):.2f} s"),
        Row("processor time of one job", _milliseconds(sum(result.costs.values()))),
        *(Row(f"  {name}", _milliseconds(seconds)) for name, seconds in result.costs.items()),
        Row("the emulator with nothing to do, of a core", f"{result.idle[EMULATOR]:.0%}"),
        Row("load of the machine before; at the end", _loads(result)),
    ]


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"


def _loads(result: ApiResult) -> str:
    return f"{result.load_average_before:.1f}; {result.load_average_after:.1f}"
