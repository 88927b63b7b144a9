"""A result's tables on this disk, and what is asked of them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from runtime.common.reference import Reference
from runtime.web.services.track_facts import Tracks
from runtime.web.services.variants import queries
from runtime.web.services.variants.facets import FacetCounter, Facets
from runtime.web.services.variants.filter_sql import FilterCompiler
from runtime.web.services.variants.filters import InvalidFilter, VariantFilter, VariantQuery
from runtime.web.services.variants.genotypes import GenotypeQueries, shown_sample
from runtime.web.services.variants.paging import OrderedVariants
from runtime.web.services.variants.query_engine import QueryEngine
from runtime.web.services.variants.sample_sql import GenotypeTable, SampleCompiler
from runtime.web.services.variants.sorting import SortColumns
from runtime.web.services.variants.variant import (
    ID_SUFFIX,
    NUMBER,
    TABLE_COLUMNS,
    Variant,
    VariantKey,
    group_by_variant,
    track_columns,
)
from runtime.web.services.variants.where import WhereClause, all_of, is_one_of

NO_GENOTYPES = (
    "The genotypes of this result can't be filtered: the file has no samples or very many, the "
    "table of genotypes is too large, or the result is older than such tables."
)


@dataclass(frozen=True)
class VariantCounts:
    """How much meets a filter.

    Attributes:
        variants: ALT alleles; a record without one counts as one.
        records: lines of the VCF that hold them.
        rows: their effects that meet the filter.
        without_alt: of the variants, those that are records without an ALT allele.
    """

    variants: int
    records: int
    rows: int
    without_alt: int


@dataclass(frozen=True)
class ResultTable:
    """A result's tables on this disk. Its queries may raise QueryTimeout and QueryTooLarge.

    Attributes:
        reference: that of the job; None where it isn't offered any more.
        columns: of the file at `path`.
        genotypes: where the result has them.
        starred: returns the starred variants.
    """

    engine: QueryEngine
    reference: Reference | None
    path: Path
    columns: list[str]
    genotypes: GenotypeTable | None
    starred: Callable[[], Collection[VariantKey]]

    def condition(self, wanted: VariantFilter) -> WhereClause:
        """Return a filter as SQL.

        Raises:
            InvalidFilter: it can't be asked of this result.
        """
        where = self._compiler.compile(wanted)
        if wanted.starred:
            where = all_of([is_one_of(self.starred()), where])
        if not wanted.asks_for_genotypes:
            return where
        if self.genotypes is None:
            raise InvalidFilter({"sample": NO_GENOTYPES})
        of_samples = SampleCompiler(self.genotypes, self.reference).compile(wanted, where)
        return all_of([where, *of_samples])

    @property
    def frequencies(self) -> list[str]:
        """Columns of the reference's tracks that hold a frequency in a population."""
        return self._compiler.frequencies

    @property
    def _compiler(self) -> FilterCompiler:
        return FilterCompiler(self.columns, self.reference)

    @property
    def genotype_queries(self) -> GenotypeQueries | None:
        """What is asked of the genotypes, where the result has them."""
        return GenotypeQueries(self.engine, self.genotypes) if self.genotypes else None

    def has(self, key: VariantKey) -> bool:
        """Whether the result has a variant."""
        return bool(self.engine.rows(queries.IS_THERE, [str(self.path), *key]))

    def counts(self, where: WhereClause) -> VariantCounts:
        """Count what meets a condition."""
        values = (str(self.path), *where.parameters)
        [row] = self.engine.cached_rows(queries.counts(where), values)
        return VariantCounts(variants=row[0], records=row[1], rows=row[2], without_alt=row[3])

    def facets(self, wanted: VariantFilter, known: Tracks) -> Facets:
        """Count what each choice beside a filter would leave."""
        counter = FacetCounter(self.engine, self.path, self.columns, self.condition)
        return counter.count(wanted, known.facets)

    def variants(
        self, where: WhereClause, keys: Collection[VariantKey], names: list[str]
    ) -> dict[VariantKey, Variant]:
        """Some variants with columns of all of their rows, also those outside of the filter."""
        if not keys:
            return {}
        numbers = sorted({key.record for key in keys})
        values = [*where.parameters, str(self.path), *numbers]
        rows = self.engine.rows(queries.rows_of_records(where, names, len(numbers)), values)
        found = group_by_variant(names, track_columns(self.columns), rows)
        return {key: variant for key, variant in found.items() if key in keys}

    def ordered(
        self, query: VariantQuery, where: WhereClause, columns: SortColumns, total: int
    ) -> OrderedVariants:
        """The `total` variants that meet a condition, in the order that a query asks for.

        Raises:
            InvalidFilter: this result has no such order.
        """
        return OrderedVariants.of(
            query,
            engine=self.engine,
            path=self.path,
            where=where,
            value=columns.value(query.sort),
            total=total,
        )

    def sort_columns(self, wanted: VariantFilter, known: Tracks) -> SortColumns:
        """What orders compare, of what the result says of its tracks."""
        tracks = track_columns(self.columns)
        ratings = [each.column for each in known.of_kind("significance")]
        return SortColumns(
            tracks=tracks,
            ratings={each: self._distinct(each) for each in ratings if each in tracks},
            population=known.frequency.column if known.frequency else None,
            genotypes=self.genotypes,
            sample=shown_sample(self.genotypes, wanted) if self.genotypes else None,
        )

    def _distinct(self, column: str) -> list[str]:
        rows = self.engine.cached_rows(queries.distinct(column), (str(self.path),))
        return [value for (value,) in rows]

    def shown_columns(self, known: Tracks) -> list[str]:
        """The columns that the table of variants shows."""
        kinds = known.of_kind("significance", "category", "frequency", "region")
        wanted = {NUMBER, *TABLE_COLUMNS, *(each.column for each in kinds)}
        ids = [name for name in track_columns(self.columns) if name.endswith(ID_SUFFIX)]
        return [name for name in self.columns if name in wanted or name in ids]
