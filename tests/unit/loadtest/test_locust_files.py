"""What Locust writes is read as it means it."""

import math
from pathlib import Path

import pytest

from loadtest.load_test_error import LoadTestError
from loadtest.locust_files import read_failures, read_points, read_requests

STATS = (
    "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,"
    "Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,50%,95%,99%\n"
)
TOTAL = ",Aggregated,1200,3,4,5.5,2.0,250.25,8000,40.5,0.1,4,9,30\n"
HISTORY = (
    "Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,66%,95%,99%,Total Request Count\n"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "locust.csv"


def test_should_read_each_name_and_the_sum_when_locust_has_ended(file: Path) -> None:
    file.write_text(STATS + "GET,/,1200,3,4,5.5,2.0,250.25,8000,40.5,0.1,4,9,30\n" + TOTAL)

    page, total = read_requests(file)

    assert (page.method, page.name) == ("GET", "/")
    assert (total.figures.requests, total.figures.failures) == (1200, 3)
    assert (total.figures.median_ms, total.figures.average_ms) == (4, 5.5)
    assert (total.figures.maximum_ms, total.figures.requests_per_s) == (250.25, 40.5)


def test_should_say_so_when_locust_ended_too_early(file: Path) -> None:
    file.write_text(STATS)

    with pytest.raises(LoadTestError, match="ended too early"):
        read_requests(file)


def test_should_say_so_when_locust_wrote_nothing(file: Path) -> None:
    with pytest.raises(LoadTestError, match=r"locust\.csv"):
        read_points(file)


def test_should_read_a_point_a_second_when_there_is_a_history(file: Path) -> None:
    file.write_text(
        HISTORY
        + "1700000000,0,,Aggregated,0.000000,0.000000,N/A,N/A,N/A,N/A,0\n"
        + "1700000001,20,GET,/,9.0,0,5,6,20,40,9\n"
        + "1700000001,20,,Aggregated,10.500000,0.500000,5,6,20,40,9\n"
    )

    before, after = read_points(file)

    assert (before.time, before.users, before.requests_per_s) == (1_700_000_000, 0, 0)
    assert all(math.isnan(value) for value in before.percentiles_ms)
    assert (after.users, after.requests_per_s, after.failures_per_s) == (20, 10.5, 0.5)
    assert after.percentiles_ms == (5, 20, 40)


def test_should_tell_what_failed_and_how_often_when_requests_did(file: Path) -> None:
    file.write_text(
        "Method,Name,Error,Occurrences,First Seen,Last Seen\nGET,/,\"HTTPError('502, bad')\",7,,\n"
    )

    (failure,) = read_failures(file)

    assert (failure.method, failure.name, failure.occurrences) == ("GET", "/", 7)
    assert failure.error == "HTTPError('502, bad')"
