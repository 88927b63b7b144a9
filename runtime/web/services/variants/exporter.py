"""Exports what meets a filter as files, streamed in memory that doesn't grow with their size.

A row is an effect. Parquet holds the rows that meet the filter, and TSV the same, or of each
variant the first of them: the picked one, unless the filter leaves that out. VCF holds the records
that have such a row, as they are in the annotated VCF, with every column and allele. The counts on
the page say how many.

A failure before the first bytes is raised. After that the HTTP answer has begun, and its end looks
the same as any other, so the file itself says that it is incomplete.
"""

import gzip
import os
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast
from urllib.parse import urlencode

from runtime.common.job import Job
from runtime.common.log import get_logger
from runtime.vcf.bgzf import BGZF_EOF, BLOCK_BYTES, compressed_block
from runtime.web.services.results import ResultService
from runtime.web.services.variants import queries
from runtime.web.services.variants.explorer import VariantService
from runtime.web.services.variants.export_slots import ReaderTooSlow, paced
from runtime.web.services.variants.filter_sql import WhereClause
from runtime.web.services.variants.filters import VariantFilter
from runtime.web.services.variants.query_engine import QueryEngine, QueryTimeout, QueryTooLarge

CHUNK_BYTES = 256 * 1024

TRUNCATED_BLOCK = compressed_block(b"cut off")[:-9]
"""A block without its end: every reader of gzip reports the file as damaged."""

log = get_logger(__name__)


@dataclass(frozen=True)
class VariantExporter:
    """Makes the files. Each method raises as VariantService.page does, at its first bytes."""

    variants: VariantService
    results: ResultService

    @property
    def _engine(self) -> QueryEngine:
        return self.variants.engine

    def effects_tsv(self, job: Job, wanted: VariantFilter, *, raw: bool = False) -> Iterator[bytes]:
        """Yield a table separated by tabs, with a row for each effect; nulls are empty.

        Cells that a spreadsheet would run are made harmless, unless `raw`: see queries.as_lines.
        """
        return _with_error_mark(self._tsv(job, wanted, queries.effects, raw=raw), _incomplete)

    def variants_tsv(
        self, job: Job, wanted: VariantFilter, *, raw: bool = False
    ) -> Iterator[bytes]:
        """Yield the same with a row for each variant."""
        return _with_error_mark(self._tsv(job, wanted, queries.variants, raw=raw), _incomplete)

    def _tsv(
        self, job: Job, wanted: VariantFilter, query: Callable[[WhereClause], str], *, raw: bool
    ) -> Generator[bytes, None, None]:
        with self._engine.export_cursor(job.user_id) as cursor, self.variants.table(job) as table:
            where = self.variants.condition(job, table, wanted)
            sql = queries.as_lines(query(where), table.columns, raw=raw)
            batches = cursor.stream(sql, [str(table.path), *where.parameters])
            yield ("\t".join(table.columns) + "\n").encode()
            for rows in batches:
                yield "".join([line for (line,) in rows]).encode()

    def parquet(
        self, job: Job, wanted: VariantFilter, on_size: Callable[[int], None]
    ) -> Iterator[bytes]:
        """Yield a Parquet file with the columns of the result's own, a row for each effect.

        Args:
            job: whose result it is.
            wanted: the filter.
            on_size: called with the size in bytes before the first bytes are yielded.
        """
        # A file that is shorter than its announced length needs no mark.
        return _with_error_mark(self._parquet(job, wanted, on_size), lambda _error: b"")

    def _parquet(
        self, job: Job, wanted: VariantFilter, on_size: Callable[[int], None]
    ) -> Generator[bytes, None, None]:
        with (
            self._engine.export_cursor(job.user_id) as cursor,
            self.variants.table(job) as table,
            tempfile.NamedTemporaryFile(dir=self._engine.workspace) as file,
        ):
            where = self.variants.condition(job, table, wanted)
            values = [str(table.path), *where.parameters, file.name]
            cursor.run(queries.effects_to_file(where), values)
            # DuckDB writes another file and renames it, so `file` isn't what it wrote.
            with Path(file.name).open("rb") as written:
                on_size(os.fstat(written.fileno()).st_size)
                while chunk := written.read(CHUNK_BYTES):
                    yield chunk

    def vcf(self, job: Job, wanted: VariantFilter) -> Iterator[bytes]:
        """Yield a VCF, bgzip: the whole header, a header line with the filter, the records."""
        return _with_error_mark(self._vcf(job, wanted), lambda _error: TRUNCATED_BLOCK)

    def _vcf(self, job: Job, wanted: VariantFilter) -> Generator[bytes, None, None]:
        with self._engine.export_cursor(job.user_id) as cursor, self.variants.table(job) as table:
            where = self.variants.condition(job, table, wanted)
            batches = cursor.stream(queries.records(where), [str(table.path), *where.parameters])
            numbers = (number for rows in batches for (number,) in rows)
            part = self.results.read_part(job, "vcf", None)
            try:
                with gzip.open(cast(IO[bytes], part.body)) as lines:
                    yield from bgzip(_selected(lines, numbers, _filter_line(wanted)))
            finally:
                part.body.close()


def bgzip(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Compress lines into blocks of bgzip, and end with its end-of-file marker."""
    buffered: list[bytes] = []
    size = 0
    for line in lines:
        buffered.append(line)
        size += len(line)
        if size >= CHUNK_BYTES:
            text = b"".join(buffered)
            full = size - size % BLOCK_BYTES
            yield _blocks(text[:full])
            buffered, size = [text[full:]], size - full
    yield _blocks(b"".join(buffered)) + BGZF_EOF


def _blocks(text: bytes) -> bytes:
    starts = range(0, len(text), BLOCK_BYTES)
    return b"".join(compressed_block(text[start : start + BLOCK_BYTES]) for start in starts)


def _with_error_mark(
    chunks: Generator[bytes, None, None], mark: Callable[[Exception], bytes]
) -> Iterator[bytes]:
    """Yield the chunks; a failure after the first one is logged and ends them with a mark."""
    begun = False
    with closing(chunks):
        try:
            for chunk in paced(chunks):
                begun = True
                yield chunk
        except Exception as error:
            if not begun:
                raise
            log.exception("an export is incomplete")
            yield mark(error)


def _incomplete(error: Exception) -> bytes:
    """The last line of an incomplete table."""
    reason = _REASONS.get(type(error), "the service met an error")
    return f"#INCOMPLETE: {reason}; rows are missing from here on. Download it again.\n".encode()


_REASONS: dict[type[Exception], str] = {
    QueryTimeout: "the query took longer than it may",
    QueryTooLarge: "the query needs more memory than it may have",
    ReaderTooSlow: "the connection was too slow",
}


def _filter_line(wanted: VariantFilter) -> bytes:
    return f"##gas_filter={urlencode(wanted.to_args()) or 'none'}\n".encode()


def _selected(lines: Iterable[bytes], numbers: Iterator[int], own_line: bytes) -> Iterator[bytes]:
    """The header, with a line of our own at its end, and the records with these numbers.

    The numbers count from 1 and ascend.
    """
    number, wanted = 0, next(numbers, None)
    for line in lines:
        if number == 0 and line.startswith(b"#"):
            if not line.startswith(b"##"):
                yield own_line
            yield line
            continue
        number += 1
        if number == wanted:
            yield line
            wanted = next(numbers, None)
        if wanted is None:
            return
