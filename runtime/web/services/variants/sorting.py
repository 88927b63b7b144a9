"""What the table can be sorted by, as SQL: a value of the first row of each variant.

The first row of a variant that meets the filter is the one that the table shows. So a page is
found in one pass over the file that holds no more than the page: rows of a variant lie together.
Nothing has to be computed when a file is annotated: `most_severe_consequence` and what the
reference's tracks say are the same in all rows of a variant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runtime.vcf.consequences import IMPACTS, Impact
from runtime.vcf.significance import RANKS, Significance, significance_of
from runtime.vcf.zygosity import Zygosity
from runtime.web.services.variants.filters import InvalidFilter, Sort
from runtime.web.services.variants.sample_sql import GenotypeTable
from runtime.web.services.variants.variant import ID_SUFFIX
from runtime.web.services.variants.where import WhereClause, all_of, placeholders

_COPIES = (
    Zygosity.HOMOZYGOUS,
    Zygosity.HEMIZYGOUS,
    Zygosity.HETEROZYGOUS,
    Zygosity.INCOMPLETE,
    Zygosity.MISSING,
    Zygosity.REFERENCE,
)
"""The order of genotypes."""

_FIRST, _SECOND, _MIDDLE, _BEFORE_LAST, _LAST = range(5)
_TIERS = {
    Significance.PATHOGENIC: _FIRST,
    Significance.LIKELY_PATHOGENIC: _SECOND,
    Significance.LIKELY_BENIGN: _BEFORE_LAST,
    Significance.BENIGN: _LAST,
}
"""What comes before and after what has another significance, or none, by importance."""

_PLAIN: dict[Sort, str] = {
    "position": "record",
    "change": "ref || '>' || coalesce(alt, '')",
    "gene": "coalesce(SYMBOL, Gene)",
    "impact": f"list_position({list(IMPACTS)}, most_severe_consequence)",
    # Without the accession, as the table shows it.
    "hgvs": "coalesce(HGVSp[strpos(HGVSp, ':') + 1:], HGVSc[strpos(HGVSc, ':') + 1:])",
    "frequency": "allele_frequency",
    "quality": "quality",
}

_REFUSED: dict[Sort, str] = {
    "significance": "This result has no significance to sort by.",
    "population": "This result has no population frequency to sort by.",
    "genotype": "Choose a sample of this result to sort by its genotype.",
}


@dataclass(frozen=True)
class SortColumns:
    """What the values of some orders come from, in one result.

    Attributes:
        tracks: the columns of the reference's tracks.
        ratings: those that hold a significance, each with its values in this result.
        population: that of the frequency in a population that the table shows.
        genotypes: the table of genotypes; `sample` is the one that the table shows.
    """

    tracks: list[str]
    ratings: Mapping[str, list[str]]
    population: str | None
    genotypes: GenotypeTable | None
    sample: str | None

    def value(self, order: Sort) -> WhereClause:
        """Return the value that an order compares.

        Raises:
            InvalidFilter: this result can't be sorted so.
        """
        if order in _PLAIN:
            return WhereClause(_PLAIN[order], ())
        found = {
            "importance": self._importance,
            "known": self._known,
            "significance": self._significance,
            "population": self._population,
            "genotype": self._genotype,
        }[order]()
        if found is None:
            raise InvalidFilter({"sort": _REFUSED[order]})
        return found

    def _importance(self) -> WhereClause:
        """Pathogenic, likely pathogenic, then all others by impact; what is benign comes last."""
        impact = _impact_rank()
        tier = self._ranked({each: _TIERS.get(each, _MIDDLE) for each in Significance})
        if tier is None:
            return WhereClause(impact, ())
        ranks = len(Impact) + 1
        return WhereClause(f"coalesce({tier.sql}, {_MIDDLE}) * {ranks} + {impact}", tier.parameters)

    def _known(self) -> WhereClause:
        ids = [f'"{name}"' for name in self.tracks if name.endswith(ID_SUFFIX)]
        return WhereClause(f"coalesce({', '.join([*ids, 'id'])})", ())

    def _significance(self) -> WhereClause | None:
        return self._ranked(RANKS)

    def _population(self) -> WhereClause | None:
        if self.population is None or self.population not in self.tracks:
            return None
        return WhereClause(f'TRY_CAST("{self.population}" AS DOUBLE)', ())

    def _genotype(self) -> WhereClause | None:
        if self.genotypes is None or self.sample not in self.genotypes.samples:
            return None
        cases: list[str] = []
        values: list[Any] = []
        for rank, zygosity in enumerate(_COPIES):
            own = WhereClause("sample = ? AND zygosity = ?", (self.sample, str(zygosity)))
            bits = self.genotypes.bits(self.genotypes.genotypes, own)
            cases.append(f"WHEN get_bit({bits.sql}, (variant - 1)::INTEGER) = 1 THEN {rank}")
            values += bits.parameters
        return WhereClause(f"CASE {' '.join(cases)} END", tuple(values))

    def _ranked(self, ranks: Mapping[Significance, int]) -> WhereClause | None:
        """The lowest rank of what the columns say; null where they say nothing."""
        each = [_rank(column, values, ranks) for column, values in self.ratings.items()]
        if not each:
            return None
        values = tuple(value for one in each for value in one.parameters)
        return WhereClause(f"least({', '.join(one.sql for one in each)})", values)


def _rank(column: str, found: list[str], ranks: Mapping[Significance, int]) -> WhereClause:
    """The rank of a column's value; null where it has none.

    Looked up in lists: each IN with many values is a join of its own to DuckDB, with megabytes.
    """
    each = [ranks[significance_of(text)] for text in found]
    sql = f'list_extract({each}, list_position([{placeholders(tuple(found))}], "{column}"))'
    return WhereClause(sql, tuple(found))


def _impact_rank() -> str:
    """That of the most severe effect, 0 for HIGH; what isn't annotated comes last."""
    ranks = [list(Impact).index(impact) for impact in IMPACTS.values()]
    place = _PLAIN["impact"]
    return f"coalesce(list_extract({ranks}, {place}), {len(Impact)})"


@dataclass(frozen=True)
class Cursor:
    """A variant's place in an order; `value` is what the order compares, None comes last."""

    value: Any
    record: int
    allele: int

    def beyond(self, *, descending: bool, backward: bool) -> WhereClause:
        """Return the condition that a variant comes after this one; or before it.

        Variants of the same value are in the order of the file, whatever the direction.
        """
        sign = "<" if backward else ">"
        tied = WhereClause(f"(record, allele) {sign} (?, ?)", (self.record, self.allele))
        if self.value is None:
            same = all_of([WhereClause("sort_value IS NULL", ()), tied])
            if not backward:
                return same
            return WhereClause(f"sort_value IS NOT NULL OR ({same.sql})", same.parameters)
        further = "<" if descending is not backward else ">"
        sql = f"sort_value {further} ? OR (sort_value = ? AND {tied.sql})"
        if not backward:
            sql += " OR sort_value IS NULL"
        return WhereClause(sql, (self.value, self.value, *tied.parameters))
