"""DuckDB with limits: memory, threads, time, concurrent queries, and the files that it may read."""

import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from cachetools import LRUCache

from runtime.web.services.variants.workspace import Workspace

Row = tuple[Any, ...]

_INTERRUPT_SECONDS = 0.05
"""Between two interrupts of a query that is over its time limit."""


@dataclass(frozen=True, kw_only=True)
class QueryLimits:
    """What the queries of one process may use: a worker of the server, or a maker of exports.

    Attributes:
        memory_bytes: of all queries together; one that needs more spills to the disk.
        spill_bytes: on the disk.
        threads: of one query; each thread has memory of its own.
        page_seconds: time limit of a page's query, with its wait for a slot.
        export_seconds: time limit of an export's query; the time that S3 takes doesn't count.
        concurrent: queries of pages at once.
        fetch_rows: rows held in Python at one time while a result is streamed.
        cached_results: query results, of a few rows each, that are kept.
    """

    memory_bytes: int = 64 * 1024 * 1024
    spill_bytes: int = 1024**3
    threads: int = 1
    page_seconds: float = 10.0
    export_seconds: float = 1800.0
    concurrent: int = 2
    fetch_rows: int = 2000
    cached_results: int = 500


class QueryTimeout(Exception):
    """The query was cancelled at its time limit, or got no slot within it."""


class QueryTooLarge(Exception):
    """The query needs more memory and disk than it may have."""


class QueryEngine:
    """Runs the queries of all threads of a process, on one database without tables.

    Args:
        folder: where queries may read and write; processes share it.
        limits: what the queries may use.
        readable: more folders that they may read. DuckDB knows no difference, but the process may
            not write there.
        clock: measures how long exports work, in seconds; never runs backwards.
    """

    def __init__(
        self,
        folder: Path,
        limits: QueryLimits = QueryLimits(),
        clock: Callable[[], float] = time.monotonic,
        readable: Iterable[Path] = (),
    ) -> None:
        self._folder = folder
        self._folders = [f"{each}/" for each in (folder, *readable)]
        self._limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._export_lock = threading.Lock()
        self._page_slots = threading.BoundedSemaphore(limits.concurrent)
        self._results: LRUCache[tuple[str, tuple[Any, ...]], list[Row]] = LRUCache(
            limits.cached_results
        )
        self._workspace: Workspace | None = None
        self._database: list[duckdb.DuckDBPyConnection] = []
        # DuckDB complains on stderr about what is still open when the process ends.
        weakref.finalize(self, self._database.clear)

    @property
    def workspace(self) -> Path:
        """The process's own part of the folder; it is deleted when the process ends."""
        with self._lock:
            return self._own_folder()

    def rows(self, sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[Row]:
        """Return all rows of a query that has few; its values by place or by name.

        Raises:
            QueryTimeout, QueryTooLarge: see there.
        """
        seconds = self._limits.page_seconds
        with (
            _slot(self._page_slots, seconds),
            closing(self._cursor()) as cursor,
            _time_limit(cursor, seconds),
        ):
            return cursor.execute(
                sql, values if isinstance(values, Mapping) else list(values)
            ).fetchall()

    def cached_rows(self, sql: str, values: tuple[Any, ...]) -> list[Row]:
        """As `rows`, of files that never change: the latest results are kept."""
        key = (sql, values)
        with self._lock:
            cached = self._results.get(key)
        if cached is None:
            cached = self.rows(sql, values)
            with self._lock:
                self._results[key] = cached
        return cached

    @contextmanager
    def export_cursor(self) -> Iterator["ExportCursor"]:
        """Give the cursor for exports, of which a process makes one after the other."""
        with self._export_lock:
            self._cursor().close()  # connects where nothing has been asked yet
            yield ExportCursor(self._database[1], self._limits, self._clock)

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            if not self._database:  # not every process needs one, and none survives a fork
                self._database += self._connect()
            return self._database[0].cursor()

    def _connect(self) -> list[duckdb.DuckDBPyConnection]:
        """Return the database, and the cursor for exports."""
        database = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": f"{self._limits.memory_bytes}B",
                "threads": self._limits.threads,
                "temp_directory": str(self._own_folder() / "spill"),
                "max_temp_directory_size": f"{self._limits.spill_bytes}B",
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        # A cursor's own setting, which must be made before the configuration is locked. Without it
        # DuckDB doesn't tell how far a query is.
        exporting = database.cursor()
        exporting.execute("SET enable_progress_bar = true")
        exporting.execute("SET enable_progress_bar_print = false")
        # From here on no query can read or write outside the folders, and none can change that.
        # https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview
        database.execute("SET allowed_directories = ?", [self._folders])
        database.execute("SET enable_external_access = false")
        database.execute("SET lock_configuration = true")
        return [database, exporting]

    def _own_folder(self) -> Path:
        if self._workspace is None:
            self._workspace = Workspace(self._folder)
        return self._workspace.path


class ExportCursor:
    """Runs a query whose result may be large. Its methods raise as `QueryEngine.rows` does.

    Only the time in which the query works counts, not what is done with its rows.
    """

    def __init__(
        self, cursor: duckdb.DuckDBPyConnection, limits: QueryLimits, clock: Callable[[], float]
    ) -> None:
        self._cursor = cursor
        self._fetch_rows = limits.fetch_rows
        self._seconds_left = limits.export_seconds
        self._clock = clock

    def stream(self, sql: str, values: Sequence[Any]) -> Iterator[list[Row]]:
        """Return the rows of a query in batches; the first is fetched before this returns."""
        self.run(sql, values)
        return self._batches(self._fetch())

    def run(self, sql: str, values: Sequence[Any]) -> None:
        """Run a query for its effect."""
        with self._timed():
            self._cursor.execute(sql, list(values))

    def percent(self) -> int | None:
        """Return how far the query that runs is; None when DuckDB can't tell. For other threads."""
        percent = self._cursor.query_progress()
        return int(percent) if percent >= 0 else None

    def _batches(self, rows: list[Row]) -> Iterator[list[Row]]:
        while rows:
            yield rows
            rows = self._fetch()

    def _fetch(self) -> list[Row]:
        with self._timed():
            return self._cursor.fetchmany(self._fetch_rows)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        if self._seconds_left <= 0:
            raise QueryTimeout
        began = self._clock()
        try:
            with _time_limit(self._cursor, self._seconds_left):
                yield
        finally:
            self._seconds_left -= self._clock() - began


@contextmanager
def _slot(slots: threading.BoundedSemaphore, seconds: float) -> Iterator[None]:
    if not slots.acquire(timeout=seconds):
        raise QueryTimeout
    try:
        yield
    finally:
        slots.release()


@contextmanager
def _time_limit(cursor: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Cancel a query at its time limit; DuckDB's errors become ours."""
    done = threading.Event()
    watch = threading.Thread(
        target=_interrupt_after, args=(cursor, seconds, done), name="time-limit", daemon=True
    )
    watch.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise QueryTimeout from error
    except duckdb.OutOfMemoryException as error:
        raise QueryTooLarge from error
    finally:
        done.set()
        watch.join()  # it must not reach a cursor that is closed


def _interrupt_after(
    cursor: duckdb.DuckDBPyConnection, seconds: float, done: threading.Event
) -> None:
    """Interrupt a query from its time limit on, until it is done.

    Again and again, because DuckDB forgets an interrupt that comes before the query begins.
    """
    pause = seconds
    while not done.wait(pause):
        cursor.interrupt()
        pause = _INTERRUPT_SECONDS
