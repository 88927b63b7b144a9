"""Traces: what they mean, and what is said of bad ones."""

from pathlib import Path

import pytest

from scaling.rules import FleetName
from scaling.simulate.trace import BadTrace, read_trace


def trace(folder: Path, text: str) -> Path:
    path = folder / "load.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_should_hold_each_row_until_the_next_when_read(tmp_path: Path) -> None:
    load = read_trace(trace(tmp_path, "second,requests_per_s\n0,5\n60,7\n90,1\n"), FleetName.WEB)
    assert load.duration_s == 120
    assert load.rates[[0, 59, 60, 89, 90, 119]].tolist() == [5, 5, 7, 7, 1, 1]
    assert load.latency_s is None


def test_should_wait_for_the_first_row_when_it_is_not_at_0(tmp_path: Path) -> None:
    load = read_trace(trace(tmp_path, "second,jobs_per_s\n30,5\n90,7\n"), FleetName.ANNOTATOR)
    assert load.rates[[0, 29, 30, 149]].tolist() == [0, 0, 5, 7]


@pytest.mark.parametrize(("duration_s", "expected"), [(None, 60), (300, 300), (90, 90)])
def test_should_last_as_asked_when_a_duration_is_given(
    tmp_path: Path, duration_s: int | None, expected: int
) -> None:
    path = trace(tmp_path, "second,requests_per_s\n0,5\n1,6\n")
    load = read_trace(path, FleetName.WEB, duration_s=duration_s)
    assert (load.duration_s, load.rates[-1]) == (expected, 6)


def test_should_read_latencies_when_the_file_has_them(tmp_path: Path) -> None:
    text = "\ufeffsecond, requests_per_s, latency_s\r\n0,5,0.02\r\n\r\n60,5,0.5\r\n"
    load = read_trace(trace(tmp_path, text), FleetName.WEB)
    assert load.latency_s is not None
    assert load.latency_s[[0, 60]].tolist() == [0.02, 0.5]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"load\.csv, line 1: expected the header second,requests_per_s .* found nothing"),
        ("second,jobs_per_s\n0,1\n", r"line 1: expected the header .* found second,jobs_per_s"),
        ("0,5\n60,5\n", r"line 1: expected the header .* found 0,5"),
        ("second,requests_per_s\n", r"load\.csv: expected a row of numbers below the header"),
        ("second,requests_per_s\n0,5\n60\n", r"line 3: expected 2 columns, and found 1"),
        ("second,requests_per_s\n0,x\n", r"line 2: requests_per_s must be a number .* is 'x'"),
        ("second,requests_per_s\n0,-1\n", r"line 2: requests_per_s must be a number of 0 or more"),
        ("second,requests_per_s\n0,nan\n", r"line 2: requests_per_s must be a number"),
        ("second,requests_per_s\n0.5,1\n", r"line 2: second must be a whole number"),
        ("second,requests_per_s\n99999999,1\n", r"line 2: second must be a whole number up to"),
        ("second,requests_per_s\n5,1\n5,1\n", r"line 3: second 5 must come after second 5"),
        ("second,requests_per_s,latency_s\n0,1,\n", r"line 2: latency_s must be a number"),
    ],
)
def test_should_name_file_line_and_expectation_when_a_trace_is_bad(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(BadTrace, match=message):
        read_trace(trace(tmp_path, text), FleetName.WEB)


def test_should_name_the_file_when_it_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BadTrace, match=r"none\.csv: No such file"):
        read_trace(tmp_path / "none.csv", FleetName.WEB)
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00second")
    with pytest.raises(BadTrace, match=r"binary\.csv: expected CSV text"):
        read_trace(tmp_path / "binary.csv", FleetName.WEB)
