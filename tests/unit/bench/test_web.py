"""The web benchmark: figures as they are, targets as the issue has them."""

from pathlib import Path

import httpx
import pytest
from rich.console import Console

from bench import web
from bench.report import Machine, now
from bench.web import Page, WebResult, asked_row, page_rows, warning
from bench.web_jobs import PageTimes
from bench.wrk import Load
from local.errors import LocalError


def loads(rate: float) -> tuple[Load, ...]:
    return tuple(
        Load(requests_a_second=rate * factor, p95_milliseconds=20, generator_share=0.3)
        for factor in (0.5, 1, 1, 1, 3)
    )


def result(*, ratios: dict[str, float], milliseconds: float) -> WebResult:
    pages = tuple(
        Page(path=path, bytes=9000, bare=loads(1000), ours=loads(1000 * ratio))
        for path, ratio in ratios.items()
    )
    asked = PageTimes(what="a job", milliseconds=(1.0,) * 90 + (milliseconds,) * 10)
    return WebResult(
        measured_at=now(),
        machine=Machine.this(),
        connections=200,
        seconds=5,
        load_average_before=0.1,
        pages=pages,
        jobs=10_000,
        asked=(asked,),
    )


@pytest.mark.parametrize(
    ("start", "register", "milliseconds", "met"),
    [
        (1.5, 0.8, 99, [True, True, True]),
        (1.49, 0.8, 99, [False, True, True]),
        (1.5, 0.79, 99, [True, False, True]),
        (1.5, 0.8, 100, [True, True, False]),
    ],
)
def test_should_say_which_targets_are_met(
    start: float, register: float, milliseconds: float, met: list[bool]
) -> None:
    measured = result(ratios={"/": start, "/register": register}, milliseconds=milliseconds)
    found = [row for page in measured.pages for row in page_rows(page)]
    found += [asked_row(asked, measured.jobs) for asked in measured.asked]
    assert [row.met for row in found if row.met is not None] == met


@pytest.mark.parametrize(("load", "said"), [(0.1, False), (1000.0, True)])
def test_should_say_so_when_the_machine_was_busy(load: float, said: bool) -> None:
    found = result(ratios={"/": 2}, milliseconds=1).model_copy(update={"load_average_before": load})
    assert bool(warning(found)) == said


@pytest.mark.parametrize(("count", "slow", "p95"), [(100, 5, 1.0), (100, 6, 9.0), (20, 1, 1.0)])
def test_should_be_the_time_that_95_of_100_keep_when_pages_are_asked_for(
    count: int, slow: int, p95: float
) -> None:
    asked = PageTimes(what="x", milliseconds=(9.0,) * slow + (1.0,) * (count - slow))
    assert asked.p95 == p95


def test_should_refuse_when_there_are_too_few_runs_for_a_median(tmp_path: Path) -> None:
    wanted = web.WebBench(runs=4, seconds=1, jobs=50)
    with pytest.raises(LocalError, match="5 runs"):
        web.bench_web(wanted, out=tmp_path / "x.json", console=Console())


def test_should_serve_a_page_of_the_same_size_when_the_app_is_bare() -> None:
    page = "<!doctype html><title>GAS</title>" + "x" * 9000
    with web.bare_site(page) as url:
        assert httpx.get(url, timeout=30).text == page
