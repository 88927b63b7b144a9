"""The variants of a job's result: counted, listed page by page, and shown one by one."""

import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from runtime.common.job import Job
from runtime.common.references import References
from runtime.contract.job_status import JobStatus
from runtime.web.services.result_retention import why_not_downloadable
from runtime.web.services.results import NoResult
from runtime.web.services.track_facts import NO_TRACKS, Tracks
from runtime.web.services.variants import queries, workspace
from runtime.web.services.variants.facets import Facets
from runtime.web.services.variants.file_cache import ResultFileCache, ResultMissing, ResultTooLarge
from runtime.web.services.variants.filters import InvalidFilter, VariantFilter, VariantQuery
from runtime.web.services.variants.genotypes import Genotype, GenotypeQueries, SampleShown
from runtime.web.services.variants.query_engine import QueryEngine
from runtime.web.services.variants.result_table import ResultTable, VariantCounts
from runtime.web.services.variants.sample_sql import GenotypeTable
from runtime.web.services.variants.variant import NUMBER, Variant, VariantKey

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PAGE_SIZE = 50
"""Variants on a page, where nobody chose another number."""


@dataclass(frozen=True)
class VariantPage:
    """A page of the variants that meet a filter.

    Attributes:
        first: the number of its first, from 1.
        selected: the variant of the panel, with `previous` and `next` in the order of the table.
        rated: whether the order by importance knows a significance.
        facets: how many variants each choice of the filter would leave.
        frequencies: columns of the reference's tracks that hold a frequency in a population.
        genotypes: of the variants and the selected one, by the variant's number.
        shown: the sample whose genotypes the table shows.
    """

    counts: VariantCounts
    variants: list[Variant]
    first: int
    selected: Variant | None
    previous: VariantKey | None
    next: VariantKey | None
    rated: bool
    facets: Facets
    frequencies: list[str]
    genotypes: Mapping[int, list[Genotype]]
    shown: SampleShown | None


@dataclass(frozen=True)
class VariantList:
    """A part of the variants that meet a filter, with all columns.

    Attributes:
        next: the last of `variants`, where more follow.
        total: how many meet the filter.
    """

    variants: list[Variant]
    next: VariantKey | None
    total: int


@dataclass(frozen=True)
class VariantService:
    """Answers queries over results.

    Attributes:
        starred: returns the variants of a job's result that somebody has starred.
    """

    cache: ResultFileCache
    engine: QueryEngine
    references: References
    starred: Callable[[Job], Collection[VariantKey]] = lambda _: ()

    @classmethod
    def connect(
        cls,
        s3: "S3Client",
        bucket: str,
        references: References,
        starred: Callable[[Job], Collection[VariantKey]] = lambda _: (),
    ) -> Self:
        """Make it for the results in a bucket, with its files in the temporary folder.

        Each instance has a temporary folder of its own, on the laptop too.
        """
        folder = Path(tempfile.gettempdir()) / "gas-results"
        readable = [reference.folder for reference in references]
        engine = QueryEngine(folder, readable=readable)
        return cls(ResultFileCache(s3, bucket, folder), engine, references, starred)

    def page(
        self, job: Job, query: VariantQuery, known: Tracks = NO_TRACKS, size: int = PAGE_SIZE
    ) -> VariantPage:
        """Return a page of the variants that meet a filter; past the end, the last page.

        Args:
            job: whose result it is.
            query: what is asked.
            known: what the result says of its tracks.
            size: variants on a page.

        Raises:
            NoResult: the job has no result to explore now; the text says why.
            InvalidFilter: the filter or the order can't be asked of this result.
            QueryTimeout, QueryTooLarge, CacheFull: see there.
        """
        with self.table(job) as table:
            where = table.condition(query.filter)
            counts = table.counts(where)
            columns = table.sort_columns(query.filter, known)
            ordered = table.ordered(query, where, columns, counts.variants)
            page = ordered.page(query, size)
            found = table.variants(where, page.keys, table.shown_columns(known))
            key = VariantKey.parse(query.variant) if query.variant else None
            whole = table.variants(where, [key], table.columns) if key else {}
            selected = whole.get(key) if key else None
            previous, following = (
                ordered.neighbours(selected.key, page) if selected else (None, None)
            )
            genotypes = table.genotype_queries
            numbers = sorted({variant.number for variant in (*found.values(), *whole.values())})
            return VariantPage(
                counts=counts,
                variants=[found[key] for key in page.keys],
                first=page.first,
                selected=selected,
                previous=previous,
                next=following,
                rated=bool(columns.ratings),
                facets=table.facets(query.filter, known),
                frequencies=table.frequencies,
                genotypes=genotypes.of_variants(numbers) if genotypes else {},
                shown=genotypes.shown(query.filter, where) if genotypes else None,
            )

    def listed(self, job: Job, query: VariantQuery, known: Tracks, size: int) -> VariantList:
        """Return up to `size` variants that meet a filter, after `query.after`; none at the end.

        Raises as `page` does, and InvalidFilter where `after` is none of them.
        """
        with self.table(job) as table:
            where = table.condition(query.filter)
            total = table.counts(where).variants
            columns = table.sort_columns(query.filter, known)
            ordered = table.ordered(query, where, columns, total)
            places = ordered.following(query.after, size + 1)
            if places is None:
                raise InvalidFilter({"cursor": "This cursor isn't of this list."})
            keys = [VariantKey(each.record, each.allele) for each in places[:size]]
            found = table.variants(where, keys, table.columns)
            more = keys[-1] if len(places) > size else None
            return VariantList([found[key] for key in keys], more, total)

    @contextmanager
    def table(self, job: Job) -> Iterator[ResultTable]:
        """Give the job's table; its file stays on the disk until the exit.

        Raises:
            NoResult, CacheFull: see `page`.
        """
        if job.job_status is not JobStatus.COMPLETED:
            raise NoResult("This job has no result yet.")
        key = _key(job)
        if reason := why_not_downloadable(job):
            self.cache.evict(key)
            raise NoResult(reason)
        try:
            with ExitStack() as files:
                path = files.enter_context(self.cache.open(key))
                columns = self._columns(path)
                genotypes = self._genotypes(job, path, columns, files)
                reference = self.references.get(job.reference)
                starred = cache(partial(self.starred, job))
                yield ResultTable(self.engine, reference, path, columns, genotypes, starred)
        except ResultMissing as error:
            raise NoResult("The table of this result is missing.") from error
        except ResultTooLarge as error:
            raise NoResult(
                "This result is too large to explore here. Download the Parquet file instead: "
                "DuckDB, R and Python can open it."
            ) from error

    def evict(self, job: Job) -> None:
        """Delete this disk's copy of a job's table; other instances' copies are evicted idle."""
        self.cache.evict(_key(job))
        self.cache.evict(job.result_keys.genotypes)

    def clean_up(self) -> None:
        """Delete the unused files on this disk."""
        self.cache.evict_idle()
        workspace.delete_abandoned(self.cache.folder)

    def has(self, job: Job, key: VariantKey) -> bool:
        """Whether a job's result has a variant. Raises as `page` does."""
        with self.table(job) as table:
            return table.has(key)

    def check(self, job: Job, wanted: VariantFilter) -> None:
        """Raise InvalidFilter where a filter can't be asked of this result; else as `page`."""
        with self.table(job) as table:
            table.condition(wanted)

    def counts(self, job: Job, wanted: VariantFilter) -> VariantCounts:
        """Count what meets a filter. Raises as `page` does."""
        with self.table(job) as table:
            return table.counts(table.condition(wanted))

    def _genotypes(
        self, job: Job, path: Path, columns: list[str], files: ExitStack
    ) -> GenotypeTable | None:
        """Open the table of genotypes; older results have none, and one may be too large."""
        if NUMBER not in columns:
            return None
        with suppress(ResultMissing, ResultTooLarge):
            found = files.enter_context(self.cache.open(job.result_keys.genotypes))
            return GenotypeQueries.open(self.engine, path, found)
        return None

    def _columns(self, path: Path) -> list[str]:
        schema = self.engine.cached_rows(queries.COLUMNS, (str(path),))
        return [name for (name,) in schema[1:]]


def _key(job: Job) -> str:
    return job.result_keys.parquet
