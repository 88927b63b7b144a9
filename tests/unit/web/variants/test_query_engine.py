"""Limits of a query: time, slots, memory and disk, and the files that it may reach."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from runtime.web.services.variants import queries
from runtime.web.services.variants.query_engine import (
    QueryEngine,
    QueryLimits,
    QueryTimeout,
    QueryTooLarge,
)
from runtime.web.services.variants.where import WhereClause
from tests.unit.clock import Clock

ENDLESS = "SELECT count(*) FROM range(100000000) a, range(1000000) b WHERE a.range + b.range = ?"


def test_should_cancel_a_query_when_it_takes_too_long(folder: Path) -> None:
    engine = QueryEngine(folder, QueryLimits(page_seconds=0.2))
    with pytest.raises(QueryTimeout):
        engine.rows(ENDLESS, [-1])
    with engine.export_cursor() as cursor:  # the database goes on
        cursor.run("SELECT 1", [])


def test_should_cancel_a_query_that_begins_after_its_time_limit(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = QueryEngine(folder, QueryLimits(page_seconds=0.05))
    connect = engine._cursor

    class Late:
        """A cursor whose query begins when the first interrupt is over."""

        def __init__(self) -> None:
            self.cursor = connect()
            self.interrupted = Event()

        def interrupt(self) -> None:
            self.cursor.interrupt()
            self.interrupted.set()

        def execute(self, *query: Any) -> Any:
            assert self.interrupted.wait(10)
            return self.cursor.execute(*query)

        def close(self) -> None:
            self.cursor.close()

    monkeypatch.setattr(engine, "_cursor", Late)

    with pytest.raises(QueryTimeout):
        engine.rows(ENDLESS, [-1])


def test_should_not_count_the_readers_time_when_a_result_is_streamed(folder: Path) -> None:
    clock = Clock()
    with QueryEngine(folder, clock=clock).export_cursor() as cursor:
        sizes = []
        for rows in cursor.stream("SELECT * FROM range(5000)", []):
            sizes.append(len(rows))
            clock.advance(QueryLimits().export_seconds)
    assert sizes == [2000, 2000, 1000]


@pytest.mark.parametrize("begins", [0, 10_000])
def test_should_cancel_an_export_when_its_query_works_too_long(folder: Path, begins: int) -> None:
    engine = QueryEngine(folder, QueryLimits(export_seconds=0.5))
    endless = f"SELECT range FROM range(1000000000000) WHERE range < {begins} OR range = -1"
    with engine.export_cursor() as cursor, pytest.raises(QueryTimeout):
        for _ in cursor.stream(endless, []):
            pass
    with engine.export_cursor() as free:
        free.run("SELECT 1", [])


def test_should_stop_when_a_query_wants_more_than_memory_and_disk(folder: Path) -> None:
    wide = "SELECT list(range::VARCHAR || repeat('x', 200)) FROM range(5000000)"
    with pytest.raises(QueryTooLarge):
        QueryEngine(folder, QueryLimits(spill_bytes=1)).rows(wide, [])


def test_should_write_a_wide_table_of_any_length_in_the_memory_of_a_process(folder: Path) -> None:
    engine = QueryEngine(folder)
    table = engine.workspace / "wide.parquet"
    # As in a result, few values are different from those of the rows before.
    columns = ", ".join(f"md5((range // 50 * {n})::VARCHAR) AS c{n}" for n in range(1, 41))
    form = "FORMAT parquet, ROW_GROUP_SIZE 20_000"
    duckdb.sql(f"COPY (SELECT {columns} FROM range(120_000)) TO '{table}' ({form})")
    target = engine.workspace / "out.parquet"

    with engine.export_cursor() as cursor:
        sql = queries.to_file(queries.effects(WhereClause("true", ())))
        cursor.run(sql, [str(table), str(target)])

    assert pq.ParquetFile(target).metadata.num_rows == 120_000


def test_should_answer_from_the_cache_when_the_same_is_asked_of_a_file_again(folder: Path) -> None:
    engine = QueryEngine(folder, QueryLimits(cached_results=2))
    first, second, third = (f"SELECT random(), {number}" for number in range(3))
    answers = {sql: engine.cached_rows(sql, ()) for sql in (first, second)}
    assert engine.cached_rows(first, ()) == answers[first]
    engine.cached_rows(third, ())  # takes the place of the least recently used
    assert engine.cached_rows(first, ()) == answers[first]
    assert engine.cached_rows(second, ()) != answers[second]


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
def test_should_reach_nothing_outside_its_folder(folder: Path, sql: str) -> None:
    beside = folder.parent / f"{folder.name}-beside.parquet"
    beside.write_bytes(b"PAR1")
    with pytest.raises(duckdb.Error) as refused:
        QueryEngine(folder).rows(sql.replace("{beside}", str(beside)), [])
    assert isinstance(refused.value, (duckdb.PermissionException, duckdb.InvalidInputException))


def test_should_tell_how_far_it_is_when_a_query_writes_a_file(folder: Path) -> None:
    seen: list[int | None] = []
    done = Event()
    engine = QueryEngine(folder)
    long = "COPY (SELECT md5(range::VARCHAR) FROM range(2000000)) TO ? (FORMAT parquet)"
    with engine.export_cursor() as cursor:
        watch = Thread(target=lambda: seen.extend(cursor.percent() for _ in _ticks(done)))
        watch.start()
        cursor.run(long, [str(engine.workspace / "x.parquet")])
        done.set()
        watch.join()
    found = [percent for percent in seen if percent is not None]
    assert found == sorted(found)
    assert found[-1] > found[0]


def _ticks(done: Event) -> Iterator[None]:
    while not done.wait(0.01):
        yield
