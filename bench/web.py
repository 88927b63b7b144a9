"""`./gas bench web`: the prerendered pages against a bare Flask app, and a user with many jobs."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx
from pydantic import BaseModel, ConfigDict, computed_field
from rich.console import Console

from bench.report import Machine, Result, Row, now, require_runs, save, show
from bench.web_jobs import PageTimes, ask_for_jobs
from bench.wrk import Load, Wrk, find_wrk
from local.aws.ec2.instance import free_port
from local.aws.target_health import TargetState
from local.deployed_platform import DeployedPlatform
from local.errors import LocalError
from local.host.folder import REPOSITORY
from local.progress import Steps
from local.temporary import temporary_platform

MIN_RATIO = {"/": 1.5, "/register": 0.8}
"""Requests per second of a page, divided by those of the bare app with a template of its size."""

MAX_P95_MILLISECONDS = 100.0
"""For a user's list of jobs, and a job's page."""

CONNECTIONS = 200
WARM_SECONDS = 2
READY_SECONDS = 30.0
REQUEST_SECONDS = 10.0


class Page(BaseModel):
    """A page and the bare app with a template of its size, measured in turn."""

    model_config = ConfigDict(frozen=True)

    path: str
    bytes: int
    bare: tuple[Load, ...]
    ours: tuple[Load, ...]

    @computed_field  # type: ignore[prop-decorator] # mypy knows no decorated property
    @property
    def ratio(self) -> float:
        """Requests per second, ours divided by the bare app's, medians."""
        return _rate(self.ours) / _rate(self.bare)


class WebResult(Result):
    """All figures."""

    connections: int
    seconds: int
    load_average_before: float
    pages: tuple[Page, ...]
    jobs: int
    asked: tuple[PageTimes, ...]


@dataclass(frozen=True)
class WebBench:
    """The options of the benchmark."""

    runs: int
    seconds: int
    jobs: int


def bench_web(wanted: WebBench, *, out: Path, console: Console) -> None:
    """Measure, print each part's table as it comes and write the figures to `out` as JSON.

    Raises:
        LocalError: there are fewer than MIN_RUNS runs, or something failed.
    """
    require_runs(wanted.runs)
    wrk = Wrk(find_wrk(), CONNECTIONS, wanted.seconds)
    busy = os.getloadavg()[0]
    title = f"{CONNECTIONS} connections, medians of {wanted.runs} runs of {wanted.seconds} s"
    with Steps(console) as steps, temporary_platform(steps) as platform:
        site = one_instance(platform)
        pages = list[Page]()
        for path in MIN_RATIO:
            pages.append(_measure(path, site, wrk, wanted.runs, steps))
            show(page_rows(pages[-1]), title=title, console=console)
        asked = ask_for_jobs(platform, site, jobs=wanted.jobs, steps=steps)
        show([asked_row(each, wanted.jobs) for each in asked], title="Jobs", console=console)
    result = WebResult(
        measured_at=now(),
        machine=Machine.this(),
        connections=CONNECTIONS,
        seconds=wanted.seconds,
        load_average_before=busy,
        pages=tuple(pages),
        jobs=wanted.jobs,
        asked=asked,
    )
    save(result, out=out, console=console)
    if said := warning(result):
        console.print(said, soft_wrap=True)


def one_instance(platform: DeployedPlatform) -> str:
    """The URL of one web instance, past the load balancer."""
    target = platform.load_balancer.health.in_state(TargetState.HEALTHY)[0]
    return f"http://127.0.0.1:{target.port}"


def _measure(path: str, site: str, wrk: Wrk, runs: int, steps: Steps) -> Page:
    """Measure a page and the bare app in turn, so that other load on the machine affects both."""
    answer = httpx.get(
        site + path, headers={"Accept-Encoding": "identity"}, timeout=REQUEST_SECONDS
    )
    answer.raise_for_status()
    bare: list[Load] = []
    ours: list[Load] = []
    with bare_site(answer.text) as url, steps.step(f"{path} and a bare app, in turn") as step:
        warm = Wrk(wrk.program, wrk.connections, WARM_SECONDS)
        warm.run(url)
        warm.run(site + path)
        for number in range(runs):
            step.detail = f"{number + 1} of {runs}"
            bare.append(wrk.run(url))
            ours.append(wrk.run(site + path))
    size = len(answer.content)
    return Page(path=path, bytes=size, bare=tuple(bare), ours=tuple(ours))


@contextmanager
def bare_site(page: str) -> Iterator[str]:
    """Serve a template that renders to a page of the same size; yield its URL."""
    with tempfile.TemporaryDirectory(prefix="gas-bench-") as folder:
        template = Path(folder) / "page.html"
        # A template with one value, in place of as many characters.
        template.write_text(page.replace("GAS", "{{ name }}", 1), encoding="utf-8")
        port = free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.bare_site", str(port), str(template)],
            cwd=REPOSITORY,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            url = f"http://127.0.0.1:{port}/"
            _wait_ready(url)
            yield url
        finally:
            process.terminate()
            process.wait()


def _wait_ready(url: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(url, timeout=REQUEST_SECONDS).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise LocalError(f"The bare app didn't answer within {READY_SECONDS:.0f} s.")


def warning(result: WebResult) -> str | None:
    """A warning if the machine was busy before the benchmark; otherwise None."""
    if result.load_average_before < result.machine.cores / 2:
        return None
    return (
        f"The machine was busy before (load {result.load_average_before:.1f} on "
        f"{result.machine.cores} cores): ratios hold, times are too long. Measure again when it "
        "is quiet."
    )


def asked_row(asked: PageTimes, jobs: int) -> Row:
    """The line about a page of a user with so many jobs."""
    return Row(
        f"{asked.what}, of {jobs:,}",
        f"{median(asked.milliseconds):.0f} ms, p95 {asked.p95:.0f} ms",
        f"p95 under {MAX_P95_MILLISECONDS:.0f} ms",
        asked.p95 < MAX_P95_MILLISECONDS,
    )


def page_rows(page: Page) -> list[Row]:
    """The lines about a prerendered page."""
    least = MIN_RATIO[page.path]
    return [
        Row(f"bare Flask app, {page.bytes:,} bytes", _load(page.bare)),
        Row(page.path, _load(page.ours)),
        Row(
            f"{page.path}, over the bare app",
            f"{page.ratio:.2f} x",
            f"at least {least} x",
            page.ratio >= least,
        ),
    ]


def _load(loads: tuple[Load, ...]) -> str:
    p95 = median(load.p95_milliseconds for load in loads)
    return f"{_rate(loads):,.0f}/s, p95 {p95:.0f} ms"


def _rate(loads: tuple[Load, ...]) -> float:
    return median(load.requests_a_second for load in loads)
