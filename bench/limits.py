"""`./gas bench limits`: what one user, bodies that can't be read, and hostile files can do."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rich.console import Console

from bench import limits_dead, limits_files, limits_site
from bench.limits_dead import DeadRequest
from bench.limits_files import FileCost
from bench.limits_site import SiteTimes
from bench.report import Machine, Result, Row, now, save, show
from bench.web import one_instance
from local.progress import Steps
from local.temporary import temporary_platform


class Part(StrEnum):
    """What can be measured alone."""

    SITE = "site"
    DEAD = "dead"
    FILES = "files"


@dataclass(frozen=True)
class LimitsBench:
    """What to measure: the parts, and how many slow readers and dead bodies there are."""

    only: frozenset[Part]
    readers: int
    bodies: int


class LimitsResult(Result):
    """All figures; a part that wasn't measured is None, or empty."""

    site: SiteTimes | None = None
    dead: DeadRequest | None = None
    files: tuple[FileCost, ...] = ()


def bench_limits(wanted: LimitsBench, *, out: Path, console: Console) -> None:
    """Measure, print each part's table as it comes, and write the figures to `out` as JSON.

    Raises:
        LocalError: something failed.
    """
    site, dead, files = None, None, list[FileCost]()

    def table(title: str, lines: Sequence[Row]) -> None:
        show(lines, title=title, console=console)

    with Steps(console) as steps:
        if wanted.only & {Part.SITE, Part.DEAD}:
            with temporary_platform(steps) as platform:
                if Part.SITE in wanted.only:
                    url = one_instance(platform)
                    site = limits_site.beside_slow_readers(platform, url, wanted.readers, steps)
                    table("One user's slow readers", limits_site.rows(site))
                if Part.DEAD in wanted.only:
                    dead = limits_dead.behind_dead_bodies(platform, wanted.bodies, steps)
                    table("Dead requests", limits_dead.rows(dead))
        if Part.FILES in wanted.only:
            for cost in limits_files.cost_of_files(steps):
                files.append(cost)
                table("A hostile file", limits_files.rows(cost))
    machine = Machine.this()
    result = LimitsResult(
        measured_at=now(), machine=machine, site=site, dead=dead, files=tuple(files)
    )
    save(result, out=out, console=console)
