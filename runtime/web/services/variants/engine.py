"""DuckDB with bounds: memory, threads, time, queries at once, and the files that it may read."""

import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb

from runtime.web.services.variants.workspace import Workspace

MEMORY_BYTES = 64 * 1024 * 1024
"""Of one worker process; what a query needs beyond goes to the disk."""

SPILL_BYTES = 1024**3
THREADS = 1
"""Of one query: two worker processes share two cores, and each thread holds memory of its own."""

SECONDS = 10.0
"""How long a page's query may take, its wait for a turn included."""

EXPORT_SECONDS = 1800.0
"""How long an export's query may work; while its reader reads what it gave, it doesn't."""

AT_ONCE = 2
"""Queries of pages, and as many exports, in one worker process."""

ROWS = 2000
"""Rows that are in Python at one time while a result is streamed."""

MOST_KEPT = 500
"""Answers, of a few rows each, that a process keeps."""

Row = tuple[Any, ...]


class QueryTooSlow(Exception):
    """The query was cancelled at its limit of time, or found no turn within it."""


class QueryTooLarge(Exception):
    """The query needs more memory and disk than it may have."""


class QueryEngine:
    """Queries of all threads of a process, on one database without tables.

    Args:
        folder: the only one that queries may read from and write to; processes share it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._exports = threading.BoundedSemaphore(AT_ONCE)
        self._known: dict[tuple[str, tuple[Any, ...]], list[Row]] = {}
        self._workspace: Workspace | None = None
        self._database: list[duckdb.DuckDBPyConnection] = []
        # What is left open at the end of the process DuckDB reports on stderr.
        weakref.finalize(self, self._database.clear)

    @property
    def workspace(self) -> Path:
        """The part of the folder that is this process's own, for what goes with it."""
        with self._lock:
            return self._own_folder()

    def rows(self, sql: str, values: Sequence[Any], *, seconds: float = SECONDS) -> list[Row]:
        """Return all rows of a query that has few.

        Raises:
            QueryTooSlow, QueryTooLarge: see there.
        """
        with self._turn(self._turns, seconds), self._running(seconds) as cursor:
            return cursor.execute(sql, list(values)).fetchall()

    def rows_of_unchanging(self, sql: str, values: tuple[Any, ...]) -> list[Row]:
        """As `rows`, of files that never change: the answers to the latest queries are kept."""
        key = (sql, values)
        with self._lock:
            known = self._known.get(key)
        if known is None:
            known = self.rows(sql, values)
            with self._lock:
                self._known[key] = known
                while len(self._known) > MOST_KEPT:
                    self._known.pop(next(iter(self._known)))
        return known

    @contextmanager
    def export(self) -> Iterator["Export"]:
        """Give one of the few exports that may run at once.

        Raises:
            QueryTooSlow: all are taken, and none became free.
        """
        with self._turn(self._exports, SECONDS), closing(self._cursor()) as cursor:
            yield Export(cursor, EXPORT_SECONDS)

    @contextmanager
    def _turn(self, turns: threading.BoundedSemaphore, seconds: float) -> Iterator[None]:
        if not turns.acquire(timeout=seconds):
            raise QueryTooSlow
        try:
            yield
        finally:
            turns.release()

    @contextmanager
    def _running(self, seconds: float) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor whose queries are cancelled at its limit."""
        with closing(self._cursor()) as cursor, _within(cursor, seconds):
            yield cursor

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            if not self._database:  # not every process asks a query, and none survives a fork
                self._database.append(_open(self._folder, self._own_folder() / "spill"))
            return self._database[0].cursor()

    def _own_folder(self) -> Path:
        if self._workspace is None:
            self._workspace = Workspace(self._folder)
        return self._workspace.path


def _open(folder: Path, spill: Path) -> duckdb.DuckDBPyConnection:
    database = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{MEMORY_BYTES}B",
            "threads": THREADS,
            "temp_directory": str(spill),
            "max_temp_directory_size": f"{SPILL_BYTES}B",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    # From here on no query reaches beyond the folder, and none can change that.
    # https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview
    database.execute("SET allowed_directories = [?]", [f"{folder}/"])
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")
    return database


@contextmanager
def _within(cursor: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Cancel a query at its limit; DuckDB's refusals come as our own."""
    alarm = threading.Timer(seconds, cursor.interrupt)
    alarm.daemon = True
    alarm.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise QueryTooSlow from error
    except duckdb.OutOfMemoryException as error:
        raise QueryTooLarge from error
    finally:
        alarm.cancel()
        alarm.join()  # it may not reach a cursor that is closed


class Export:
    """A query whose result may be large. Its methods raise as `QueryEngine.rows` does.

    Args:
        cursor: runs the query.
        seconds: how long the query may work. The reader's time isn't the query's: a download may
            take as long as its connection lasts, and gives its turn back when that ends.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection, seconds: float) -> None:
        self._cursor = cursor
        self._left = seconds

    def stream(self, sql: str, values: Sequence[Any]) -> Iterator[list[Row]]:
        """Return the rows of a query, some at a time; the first are found before this returns."""
        self.run(sql, values)
        return self._from(self._fetch())

    def run(self, sql: str, values: Sequence[Any]) -> None:
        """Run a query for its effect."""
        with self._working():
            self._cursor.execute(sql, list(values))

    def _from(self, rows: list[Row]) -> Iterator[list[Row]]:
        while rows:
            yield rows
            rows = self._fetch()

    def _fetch(self) -> list[Row]:
        with self._working():
            return self._cursor.fetchmany(ROWS)

    @contextmanager
    def _working(self) -> Iterator[None]:
        if self._left <= 0:
            raise QueryTooSlow
        began = time.monotonic()
        try:
            with _within(self._cursor, self._left):
                yield
        finally:
            self._left -= time.monotonic() - began
