"""The result of `./gas bench web`: figures with their targets."""

from statistics import median

from pydantic import BaseModel, ConfigDict, computed_field

from bench.report import Result, Row
from bench.wrk import Load

LEAST_RATIO = {"/": 1.5, "/register": 0.8}
"""Requests a second of a page, over those of the bare app with a template of its size."""

MOST_P95_MILLISECONDS = 100.0
"""Of a user's list of jobs, and of a job's page."""


class Page(BaseModel):
    """A page and the bare app with a template of its size, measured in turn."""

    model_config = ConfigDict(frozen=True)

    path: str
    bytes: int
    bare: tuple[Load, ...]
    ours: tuple[Load, ...]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def ratio(self) -> float:
        """Requests a second, ours over the bare app's, medians."""
        return _rate(self.ours) / _rate(self.bare)


class Asked(BaseModel):
    """A page that was asked for one request after the other. Milliseconds, sorted."""

    model_config = ConfigDict(frozen=True)

    what: str
    milliseconds: tuple[float, ...]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def p95(self) -> float:
        """95 of 100 answers took no longer."""
        ordered = sorted(self.milliseconds)
        return ordered[-(-len(ordered) * 95 // 100) - 1]


class WebResult(Result):
    """All figures of one benchmark."""

    connections: int
    seconds: int
    load_average_before: float
    pages: tuple[Page, ...]
    jobs: int
    asked: tuple[Asked, ...]


def caution(result: WebResult) -> str | None:
    """What to think of the figures where the machine did other things as well."""
    if result.load_average_before < result.machine.cores / 2:
        return None
    return (
        f"The machine was busy before (load {result.load_average_before:.1f} on "
        f"{result.machine.cores} cores): ratios hold, times are too long. Measure again when it "
        "is quiet."
    )


def rows(result: WebResult) -> list[Row]:
    """The lines of the table."""
    lines = [line for page in result.pages for line in _page(page)]
    return lines + [
        Row(
            f"{asked.what}, of {result.jobs:,}",
            f"{median(asked.milliseconds):.0f} ms, p95 {asked.p95:.0f} ms",
            f"p95 under {MOST_P95_MILLISECONDS:.0f} ms",
            asked.p95 < MOST_P95_MILLISECONDS,
        )
        for asked in result.asked
    ]


def _page(page: Page) -> list[Row]:
    least = LEAST_RATIO[page.path]
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
