"""What a filter leaves, as files: streamed, whole, in memory that doesn't grow with them.

TSV and Parquet hold the rows that meet the filter; VCF holds the records that have one, as they
are in the annotated VCF, with every column and allele. The counts on the page say how many.

What fails before the first bytes is raised. Later the answer has begun, and its end looks like any
other: then a file says itself that it isn't whole.
"""

import gzip
import os
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlencode

from runtime.common.job import Job
from runtime.common.log import get_logger
from runtime.vcf.bgzf import BGZF_EOF, BLOCK_BYTES, compressed_block
from runtime.web.services.results import ResultService
from runtime.web.services.variants import queries
from runtime.web.services.variants.engine import QueryEngine, QueryTooLarge, QueryTooSlow
from runtime.web.services.variants.explorer import VariantService
from runtime.web.services.variants.filters import VariantFilter

CHUNK = 256 * 1024

CUT_OFF = compressed_block(b"cut off")[:-9]
"""A block that ends too early: whatever reads gzip takes the file for damaged."""

log = get_logger(__name__)


@dataclass(frozen=True)
class Exports:
    """Files of what filters leave. Each raises as VariantService.page does, at its first bytes."""

    variants: VariantService
    results: ResultService

    @property
    def _engine(self) -> QueryEngine:
        return self.variants.engine

    def tsv(self, job: Job, wanted: VariantFilter) -> Iterator[bytes]:
        """Yield a table parted by tabs, a row a consequence; what isn't known is empty."""
        return _marked(self._tsv(job, wanted), _incomplete)

    def _tsv(self, job: Job, wanted: VariantFilter) -> Generator[bytes, None, None]:
        with self.variants.table(job) as table, self._engine.export() as export:
            where = self.variants.condition(table, wanted)
            found = export.stream(queries.rows(where), [str(table.path), *where.values])
            yield ("\t".join(table.columns) + "\n").encode()
            for rows in found:
                yield "".join(map(_line, rows)).encode()

    def parquet(
        self, job: Job, wanted: VariantFilter, tell: Callable[[int], None]
    ) -> Iterator[bytes]:
        """Yield a Parquet file of the same columns as the result's own, a row a consequence.

        Args:
            job: whose result it is.
            wanted: the filter.
            tell: called with the size in bytes before the first of them are given.
        """
        with self.variants.table(job) as table, self._engine.export() as export:
            where = self.variants.condition(table, wanted)
            with tempfile.NamedTemporaryFile(dir=self._engine.workspace) as file:
                values = [str(table.path), *where.values, file.name]
                export.run(queries.rows_to_file(where), values)
                # DuckDB writes beside it and renames: what is open here is another file.
                with Path(file.name).open("rb") as written:
                    tell(os.fstat(written.fileno()).st_size)
                    while chunk := written.read(CHUNK):
                        yield chunk

    def vcf(self, job: Job, wanted: VariantFilter) -> Iterator[bytes]:
        """Yield a VCF, bgzip: the whole header, a line that tells the filter, and the records."""
        return _marked(self._vcf(job, wanted), lambda _error: CUT_OFF)

    def _vcf(self, job: Job, wanted: VariantFilter) -> Generator[bytes, None, None]:
        with self.variants.table(job) as table, self._engine.export() as export:
            where = self.variants.condition(table, wanted)
            rows = export.stream(queries.records(where), [str(table.path), *where.values])
            numbers = (number for some in rows for (number,) in some)
            part = self.results.read_part(job, "vcf", None)
            try:
                with gzip.open(cast(IO[bytes], part.body)) as lines:
                    yield from _bgzip(_chosen(lines, numbers, _header_line(wanted)))
            finally:
                part.body.close()


def _marked(
    chunks: Generator[bytes, None, None], mark: Callable[[Exception], bytes]
) -> Iterator[bytes]:
    """Yield what is to be sent; where it fails past the first chunk, a mark ends it."""
    begun = False
    with closing(chunks):
        try:
            for chunk in chunks:
                begun = True
                yield chunk
        except Exception as error:
            if not begun:
                raise
            log.exception("an export ended before its end")
            yield mark(error)


def _incomplete(error: Exception) -> bytes:
    """A last line of a table that lacks the rest."""
    reason = _REASONS.get(type(error), "the service met an error")
    return f"#INCOMPLETE: {reason}; rows are missing from here on. Download it again.\n".encode()


_REASONS: dict[type[Exception], str] = {
    QueryTooSlow: "the query took longer than it may",
    QueryTooLarge: "the query needs more memory than it may have",
}


def _line(row: tuple[Any, ...]) -> str:
    return "\t".join(["" if value is None else str(value) for value in row]) + "\n"


def _header_line(wanted: VariantFilter) -> bytes:
    return f"##gas_filter={urlencode(wanted.pairs()) or 'none'}\n".encode()


def _chosen(lines: Iterable[bytes], numbers: Iterator[int], line: bytes) -> Iterator[bytes]:
    """The header, with a line of our own, and the records of these numbers, which ascend."""
    number, wanted = 0, next(numbers, None)
    for each in lines:
        if number == 0 and each.startswith(b"#"):
            if not each.startswith(b"##"):
                yield line
            yield each
            continue
        number += 1
        if number == wanted:
            yield each
            wanted = next(numbers, None)
        if wanted is None:
            return


def _bgzip(lines: Iterable[bytes]) -> Iterator[bytes]:
    waiting: list[bytes] = []
    size = 0
    for line in lines:
        waiting.append(line)
        size += len(line)
        if size >= CHUNK:
            text = b"".join(waiting)
            whole = size - size % BLOCK_BYTES
            yield _blocks(text[:whole])
            waiting, size = [text[whole:]], size - whole
    yield _blocks(b"".join(waiting)) + BGZF_EOF


def _blocks(text: bytes) -> bytes:
    starts = range(0, len(text), BLOCK_BYTES)
    return b"".join(compressed_block(text[start : start + BLOCK_BYTES]) for start in starts)
