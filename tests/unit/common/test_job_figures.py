"""Figures of jobs: counts, and percentiles of rounded times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.common.job import EndedJob
from runtime.common.job_figures import JobFigures, rounded
from runtime.contract.job_status import FailureKind


def job(
    seconds: int = 5, *, failure: FailureKind | None = None, variants: int | None = None
) -> EndedJob:
    return EndedJob(
        submit_time=1000, complete_time=1000 + seconds, failure=failure, variants=variants
    )


def figures(*jobs: EndedJob) -> JobFigures:
    found = JobFigures()
    for each in jobs:
        found.add(each)
    return found


def test_should_count_each_job_once_when_some_failed() -> None:
    found = figures(
        job(variants=7),
        job(),
        job(9, failure=FailureKind.INPUT),
        job(8, failure=FailureKind.INPUT),
    )
    assert (found.completed, found.failed, found.variants, found.uncounted) == (2, 2, 7, 1)
    assert found.failures[FailureKind.INPUT].newest == 1009


def test_should_have_no_percentile_when_no_job_completed() -> None:
    assert figures(job(failure=FailureKind.SERVICE)).percentile(0.5) is None


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 10), (0.95, 19), (1.0, 20)], ids=("median", "95", "all")
)
def test_should_take_the_nearest_rank_when_a_percentile_is_asked_for(
    share: float, expected: int
) -> None:
    assert figures(*(job(each) for each in range(1, 21))).percentile(share) == expected


@given(st.lists(st.integers(0, 700_000), max_size=40), st.integers(0, 40))
def test_should_be_as_if_counted_at_once_when_parts_are_added_up(
    seconds: list[int], cut: int
) -> None:
    jobs = [
        job(each, failure=FailureKind.ENGINE if each % 3 == 0 else None, variants=each)
        for each in seconds
    ]
    parts = [figures(*jobs[:cut]), figures(*jobs[cut:])]
    assert JobFigures.total(parts) == figures(*jobs)


@given(st.integers(0, 10_000_000))
def test_should_be_right_to_5_percent_when_a_time_is_rounded(seconds: int) -> None:
    assert abs(rounded(seconds) - seconds) <= 0.05 * seconds


@given(st.lists(st.integers(0, 700_000), max_size=40))
def test_should_be_the_same_when_figures_were_kept_as_an_item(seconds: list[int]) -> None:
    found = figures(*(job(each) for each in seconds), job(failure=FailureKind.INPUT))
    kept = found.model_dump(mode="json", exclude_defaults=True)
    assert all(isinstance(key, str) for key in kept.get("seconds", {}))
    assert JobFigures.model_validate(kept) == found
