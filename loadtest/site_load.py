"""A load test of the site: runs Locust, records the fleets meanwhile, and reports both."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from loadtest.comparison import compare
from loadtest.history import History, Look, Recorder, now
from loadtest.locust_files import Failure, Point, Request
from loadtest.locust_process import Files, Job, run_locust
from loadtest.panels import (
    draw_alarms,
    draw_capacity,
    draw_requests,
    draw_response_times,
    strips_height,
)
from loadtest.profiles import Figures, Profile
from loadtest.result import INTERRUPTED, Result, Table, machine, today
from loadtest.settings import Settings
from scaling.simulate.panel_figure import PANEL_IN, make_panels, save


@dataclass(frozen=True, kw_only=True)
class Load:
    """The number of users, the duration, and the number of requests that ends a run early."""

    users: int
    users_per_s: float
    seconds: int
    max_requests: int

    def __str__(self) -> str:
        return (
            f"{self.users} users, {self.users_per_s:g} more per second, for {self.seconds} s or "
            f"{self.max_requests:,} requests"
        )


@dataclass(frozen=True, kw_only=True)
class Site:
    """The site under test. `look` returns its fleets' state; `pace` says how fast alarms run."""

    url: str
    look: Look
    pace: str


def load_site(profile: Profile, load: Load, site: Site, settings: Settings, out: Path) -> Result:
    """Run a profile's users against a site; return the result.

    Raises:
        LoadTestError: Locust failed.
    """
    job = Job(
        user_class=profile.user_class,
        site_url=site.url,
        users=load.users,
        users_per_s=load.users_per_s,
        seconds=load.seconds,
    )
    files = Files(out)
    started = now()
    with Recorder(site.look) as recorder:
        whole = run_locust(job, settings, files)
    points = files.points()
    requests = files.requests()
    draw = partial(
        draw_site_load,
        title=f"{profile.title}: {load.users} users",
        points=points,
        history=recorder.history,
        fleets=profile.fleets,
        start=started,
    )
    return Result(
        name=profile.name,
        title=profile.title,
        facts=(
            ("Site", site.url),
            ("Load", str(load)),
            ("Alarms", site.pace),
            ("Machine", machine()),
            ("Begun", today(started)),
            ("Locust", version("locust")),
        ),
        figures=compare(requests[-1].figures, profile.original),
        history=recorder.history,
        fleets=profile.fleets,
        draw=draw,
        tables=_tables(requests, files.failures()),
        faults=_faults(requests[-1].figures, whole=whole),
    )


def draw_site_load(
    file: Path,
    *,
    title: str,
    points: Sequence[Point],
    history: History,
    fleets: Sequence[str],
    start: float,
) -> None:
    """Draw the load, the response times, the capacity and the alarms; raises OSError."""
    alarms = history.alarms(fleets)
    scaling = [PANEL_IN] * len(fleets) + [strips_height(alarms)] if history.snapshots else []
    figure, axes = make_panels(title, [PANEL_IN, PANEL_IN, *scaling])
    draw_requests(axes[0], points, start)
    draw_response_times(axes[1], points, start)
    if history.snapshots:
        for axis, fleet in zip(axes[2:-1], fleets, strict=True):
            draw_capacity(axis, history, fleet, start)
        draw_alarms(axes[-1], history, alarms, start)
    end = max([start, *(p.time for p in points), *(s.time for s in history.snapshots)])
    save(figure, axes, file, end=math.ceil(end - start), unit="seconds")


def _faults(total: Figures, *, whole: bool) -> list[str]:
    faults = [] if whole else [INTERRUPTED]
    if total.failures:
        faults.append(f"{total.failures:,} of {total.requests:,} requests failed.")
    if not total.requests:
        faults.append("No request was answered.")
    return faults


def _tables(requests: Sequence[Request], failures: Sequence[Failure]) -> list[Table]:
    tables = []
    if len(requests) > 2:
        tables.append(_requests_table(requests))
    if failures:
        rows = [(f.method, f.name, f.error, f"{f.occurrences:,}") for f in failures]
        columns = ("Method", "Name", "Error", "Times")
        tables.append(Table("What failed", columns, rows, frozenset({3})))
    return tables


def _requests_table(requests: Sequence[Request]) -> Table:
    columns = ("Method", "Name", "Requests", "Failures", "Median", "Average", "Maximum")
    rows = [
        (
            request.method,
            request.name,
            f"{request.figures.requests:,}",
            f"{request.figures.failures:,}",
            f"{request.figures.median_ms:,.0f} ms",
            f"{request.figures.average_ms:,.0f} ms",
            f"{request.figures.maximum_ms:,.0f} ms",
        )
        for request in requests
    ]
    return Table("Requests by name", columns, rows, frozenset(range(2, 7)))
