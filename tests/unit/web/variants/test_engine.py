"""Bounds of a query: time, turns, memory and disk, and what it may reach."""

import time
from pathlib import Path

import duckdb
import pytest

from runtime.web.services.variants.engine import QueryEngine, QueryTooLarge, QueryTooSlow

ENDLESS = "SELECT count(*) FROM range(100000000) a, range(1000000) b WHERE a.range + b.range = ?"


def test_should_cancel_a_query_when_it_takes_too_long(folder: Path) -> None:
    engine = QueryEngine(folder)
    with pytest.raises(QueryTooSlow):
        engine.rows(ENDLESS, [-1], seconds=0.2)
    assert engine.rows("SELECT 1", []) == [(1,)]


def test_should_let_nobody_wait_for_ever_when_all_turns_are_taken(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.web.services.variants.engine.SECONDS", 0.05)
    engine = QueryEngine(folder)
    third = engine.export()
    with engine.export(), engine.export(), pytest.raises(QueryTooSlow):
        third.__enter__()
    with engine.export() as free:
        free.run("SELECT 1", [])


def test_should_not_count_the_readers_time_when_a_result_is_streamed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.web.services.variants.engine.EXPORT_SECONDS", 0.5)
    with QueryEngine(folder).export() as export:
        sizes = []
        for rows in export.stream("SELECT * FROM range(5000)", []):
            sizes.append(len(rows))
            time.sleep(0.6)
    assert sizes == [2000, 2000, 1000]


@pytest.mark.parametrize("begins", [0, 10_000])
def test_should_cancel_an_export_when_its_query_works_too_long(
    folder: Path, monkeypatch: pytest.MonkeyPatch, begins: int
) -> None:
    monkeypatch.setattr("runtime.web.services.variants.engine.EXPORT_SECONDS", 0.5)
    engine = QueryEngine(folder)
    endless = f"SELECT range FROM range(1000000000000) WHERE range < {begins} OR range = -1"
    with engine.export() as export, pytest.raises(QueryTooSlow):
        for _ in export.stream(endless, []):
            pass
    with engine.export() as free:
        free.run("SELECT 1", [])


def test_should_stop_when_a_query_wants_more_than_memory_and_disk(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.web.services.variants.engine.SPILL_BYTES", 1)
    wide = "SELECT list(range::VARCHAR || repeat('x', 200)) FROM range(5000000)"
    with pytest.raises(QueryTooLarge):
        QueryEngine(folder).rows(wide, [])


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_parquet('{beside}')",
        "COPY (SELECT 1) TO '/tmp/out.csv'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '10GB'",
    ],
)
def test_should_reach_nothing_beyond_its_folder(folder: Path, sql: str) -> None:
    beside = folder.parent / f"{folder.name}-beside.parquet"
    beside.write_bytes(b"PAR1")
    with pytest.raises(duckdb.Error) as refused:
        QueryEngine(folder).rows(sql.replace("{beside}", str(beside)), [])
    assert isinstance(refused.value, (duckdb.PermissionException, duckdb.InvalidInputException))
