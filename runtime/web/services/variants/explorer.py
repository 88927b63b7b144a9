"""The variants of a job's result: counted, paged, looked at one by one."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from runtime.common.job import Job, JobStatus
from runtime.common.keys import result_keys
from runtime.common.manifest import Contig
from runtime.common.reference import Reference
from runtime.vcf.fasta import Fasta
from runtime.web.services.keeping import why_not_downloadable
from runtime.web.services.results import NoResult
from runtime.web.services.variants import queries, workspace
from runtime.web.services.variants.conditions import Condition, Conditions
from runtime.web.services.variants.copies import Copies, ResultMissing, ResultTooLarge
from runtime.web.services.variants.engine import QueryEngine
from runtime.web.services.variants.filters import VariantFilter, VariantQuery
from runtime.web.services.variants.genomic import Bases
from runtime.web.services.variants.rows import Key, Variant, variants

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PAGE = 50
"""Variants on a page."""


@dataclass(frozen=True)
class Counts:
    """What a filter leaves.

    Attributes:
        variants: ALT alleles; a record without one counts as one.
        records: lines of the VCF that hold them.
        rows: their consequences that meet the filter.
        without_alt: of the variants, those that are records without an ALT allele.
    """

    variants: int
    records: int
    rows: int
    without_alt: int

    @property
    def pages(self) -> int:
        """How many pages they fill; one at least."""
        return max(1, -(-self.variants // PAGE))


@dataclass(frozen=True)
class Page:
    """A page of what a filter leaves; `first` numbers its first variant, from 1."""

    counts: Counts
    variants: list[Variant]
    first: int
    selected: Variant | None
    significances: list[str]


@dataclass(frozen=True)
class Table:
    """A job's Parquet file on this disk."""

    path: Path
    columns: list[str]


@dataclass(frozen=True)
class VariantService:
    """Answers queries over results."""

    copies: Copies
    engine: QueryEngine
    reference: Reference

    @classmethod
    def connect(cls, s3: "S3Client", bucket: str, reference: Reference) -> Self:
        """Make it for the results in a bucket, with copies in the process's temporary folder.

        On the laptop and under systemd each instance has one of its own.
        """
        folder = Path(tempfile.gettempdir()) / "gas-results"
        return cls(Copies(s3, bucket, folder), QueryEngine(folder), reference)

    def bases(self, contig: Contig) -> Bases:
        """Return what gives the bases of a contig of the reference.

        Raises:
            OSError: the reference's FASTA can't be read.
        """
        fasta = self._fasta
        return lambda position, count: fasta.bases(contig.name, position, count).decode()

    @cached_property
    def _fasta(self) -> Fasta:
        return Fasta(self.reference.folder / self.reference.manifest.fasta)

    def page(self, job: Job, query: VariantQuery) -> Page:
        """Return a page of the variants that a filter leaves; past the end, the last one.

        Raises:
            NoResult: the job has none that can be explored now; the text says why.
            QueryTooSlow, QueryTooLarge, NoRoom: see there.
        """
        with self.table(job) as table:
            where = self.condition(table, query.filter)
            counts = self._counts(table, where)
            number = min(query.page, counts.pages)
            keys = self._keys(table, where, query, offset=(number - 1) * PAGE)
            wanted = [Key.read(query.variant)] if query.variant else []
            found = self._variants(table, where, {*keys, *wanted})
            return Page(
                counts=counts,
                variants=[found[key] for key in keys],
                first=(number - 1) * PAGE + 1,
                selected=found.get(wanted[0]) if wanted else None,
                significances=self._significances(table),
            )

    @contextmanager
    def table(self, job: Job) -> Iterator[Table]:
        """Give the job's table; it stays on the disk until this is left.

        Raises:
            NoResult, NoRoom: see `page`.
        """
        if job.job_status is not JobStatus.COMPLETED:
            raise NoResult("This job has no result yet.")
        key = _key(job)
        if reason := why_not_downloadable(job):
            self.copies.forget(key)
            raise NoResult(reason)
        try:
            with self.copies.open(key) as path:
                yield Table(path, self._columns(path))
        except ResultMissing as error:
            raise NoResult("The table of this result isn't there.") from error
        except ResultTooLarge as error:
            raise NoResult(
                "This result is too large to explore here. Download it, the Parquet file opens in "
                "DuckDB, R and Python."
            ) from error

    def forget(self, job: Job) -> None:
        """Let this disk's copy of a job's table go; other instances' go when they are swept."""
        self.copies.forget(_key(job))

    def sweep(self) -> None:
        """Delete what lies on this disk without being used."""
        self.copies.sweep()
        workspace.sweep(self.copies.folder)

    def condition(self, table: Table, wanted: VariantFilter) -> Condition:
        """Return a filter as SQL over a table."""
        return Conditions(table.columns, self.reference).of(wanted)

    def counts(self, job: Job, wanted: VariantFilter) -> Counts:
        """Count what a filter leaves. Raises as `page` does."""
        with self.table(job) as table:
            return self._counts(table, self.condition(table, wanted))

    def _columns(self, path: Path) -> list[str]:
        return [
            name for (name,) in self.engine.rows_of_unchanging(queries.COLUMNS, (str(path),))[1:]
        ]

    def _counts(self, table: Table, where: Condition) -> Counts:
        values = (str(table.path), *where.values)
        [row] = self.engine.rows_of_unchanging(queries.counts(where), values)
        return Counts(variants=row[0], records=row[1], rows=row[2], without_alt=row[3])

    def _keys(
        self, table: Table, where: Condition, query: VariantQuery, *, offset: int
    ) -> list[Key]:
        sql = queries.keys(where, query.sort, descending=query.descending)
        values = [str(table.path), *where.values, PAGE, offset]
        return [Key(*row) for row in self.engine.rows(sql, values)]

    def _variants(self, table: Table, where: Condition, keys: set[Key]) -> dict[Key, Variant]:
        """All rows of some variants, those that don't meet the filter too."""
        if not keys:
            return {}
        numbers = sorted({key.record for key in keys})
        values = [*where.values, str(table.path), *numbers]
        rows = self.engine.rows(queries.of_records(where, len(numbers)), values)
        found = variants([*table.columns, "matches"], rows)
        return {key: variant for key, variant in found.items() if key in keys}

    def _significances(self, table: Table) -> list[str]:
        if "clinical_significance" not in table.columns:
            return []
        values = (str(table.path),)
        return [name for (name,) in self.engine.rows_of_unchanging(queries.SIGNIFICANCES, values)]


def _key(job: Job) -> str:
    return result_keys(job.user_id, job.job_id, job.input_file_name).parquet
