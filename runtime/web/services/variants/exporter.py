"""The bytes of exports, in memory that doesn't grow with their size.

A row is an effect. Parquet holds the rows that meet the filter, and TSV the same, or of each
variant the first of them: the picked one, unless the filter leaves that out. VCF holds the records
that have such a row, as they are in the annotated VCF, with every column and allele. The counts on
the page say how many.
"""

import gzip
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, cast
from urllib.parse import urlencode

from runtime.common.job import Job
from runtime.vcf.bgzf import BGZF_EOF, BLOCK_BYTES, compressed_block
from runtime.web.services.exports.export_request import ExportForm, ExportRequest
from runtime.web.services.results import ResultService
from runtime.web.services.variants import queries
from runtime.web.services.variants.explorer import VariantService
from runtime.web.services.variants.filters import VariantFilter
from runtime.web.services.variants.query_engine import QueryEngine
from runtime.web.services.variants.variant import VariantKey
from runtime.web.services.variants.where import WhereClause

CHUNK_BYTES = 256 * 1024


@dataclass
class Progress:
    """How far an export is, for another thread to read.

    Attributes:
        total: rows or records that it will have; 0 when that isn't known yet.
        done: those that it has.
        of_query: percent of a query that does all at once.
    """

    total: int = 0
    done: int = 0
    of_query: Callable[[], int | None] = lambda: None

    @property
    def percent(self) -> int | None:
        """Percent of the whole, 99 at the most: at 100 the file is there."""
        percent = self.of_query()
        if percent is None and self.total:
            percent = 100 * self.done // self.total
        return None if percent is None else min(99, percent)


@dataclass(frozen=True)
class VariantExporter:
    """Yields the bytes of exports; their methods raise as VariantService.page does."""

    variants: VariantService
    results: ResultService

    def chunks(self, request: ExportRequest, progress: Progress) -> Iterator[bytes]:
        """Yield the file that is asked for, and count in `progress` what it has."""
        # The stars of the request, which its digest stands for, whatever has changed since.
        starred = [VariantKey.parse(mark.key) for mark in request.marks if mark.starred_by]
        of_request = replace(self.variants, starred=lambda _: starred)
        return _Making(of_request, self.results).chunks(request, progress)


@dataclass(frozen=True)
class _Making:
    """One export in the making."""

    variants: VariantService
    results: ResultService

    def chunks(self, request: ExportRequest, progress: Progress) -> Iterator[bytes]:
        """See VariantExporter.chunks."""
        counts = self.variants.counts(request.job, request.filter)
        match request.form:
            case ExportForm.VCF:
                progress.total = counts.records
                return self._vcf(request.job, request.filter, progress)
            case ExportForm.PARQUET:
                return self._parquet(request, progress)
            case ExportForm.VARIANTS_TSV:
                progress.total = counts.variants
                return self._tsv(request, queries.variants, progress)
            case ExportForm.EFFECTS_TSV:
                progress.total = counts.rows
                return self._tsv(request, queries.effects, progress)

    @property
    def _engine(self) -> QueryEngine:
        return self.variants.engine

    def _tsv(
        self, request: ExportRequest, query: Callable[[WhereClause], str], progress: Progress
    ) -> Iterator[bytes]:
        """A table separated by tabs; nulls are empty. See queries.as_lines for `raw`."""
        with self._engine.export_cursor() as cursor, self.variants.table(request.job) as table:
            where = table.condition(request.filter)
            columns = [*table.columns, *(queries.MARK_COLUMNS if request.marks else ())]
            sql = queries.as_lines(_marked(request, query(where)), columns, raw=request.raw)
            values = [*_mark_values(request), str(table.path), *where.parameters]
            batches = cursor.stream(sql, values)
            yield ("\t".join(columns) + "\n").encode()
            for rows in batches:
                progress.done += len(rows)
                yield "".join([line for (line,) in rows]).encode()

    def _parquet(self, request: ExportRequest, progress: Progress) -> Iterator[bytes]:
        """A Parquet file with the columns of the result's own, a row for each effect."""
        job = request.job
        with (
            self._engine.export_cursor() as cursor,
            self.variants.table(job) as table,
            tempfile.NamedTemporaryFile(dir=self._engine.workspace) as file,
        ):
            where = table.condition(request.filter)
            values = [*_mark_values(request), str(table.path), *where.parameters, file.name]
            progress.of_query = cursor.percent
            cursor.run(queries.to_file(_marked(request, queries.effects(where))), values)
            # DuckDB writes another file and renames it, so `file` isn't what it wrote.
            with Path(file.name).open("rb") as written:
                while chunk := written.read(CHUNK_BYTES):
                    yield chunk

    def _vcf(self, job: Job, wanted: VariantFilter, progress: Progress) -> Iterator[bytes]:
        """A VCF, bgzip: the whole header, a header line with the filter, the records."""
        with self._engine.export_cursor() as cursor, self.variants.table(job) as table:
            where = table.condition(wanted)
            batches = cursor.stream(queries.records(where), [str(table.path), *where.parameters])
            numbers = _counted((number for rows in batches for (number,) in rows), progress)
            part = self.results.read_part(job, "vcf", None)
            try:
                with gzip.open(cast(IO[bytes], part.body)) as lines:
                    yield from bgzip(_selected(lines, numbers, _filter_line(wanted)))
            finally:
                part.body.close()


def _marked(request: ExportRequest, query: str) -> str:
    return queries.with_marks(query) if request.marks else query


def _mark_values(request: ExportRequest) -> list[list[str | None]]:
    """The parameters of queries.with_marks."""
    if not request.marks:
        return []
    keys: list[str | None] = [mark.key for mark in request.marks]
    values = ([getattr(mark, name) for mark in request.marks] for name in queries.MARK_COLUMNS)
    return [each for of_column in values for each in (keys, of_column)]


def _counted(numbers: Iterable[int], progress: Progress) -> Iterator[int]:
    for number in numbers:
        yield number
        progress.done += 1


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
