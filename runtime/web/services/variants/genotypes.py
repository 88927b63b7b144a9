"""Genotypes of the samples: of the variants on a page, and of all that meet a filter."""

# ruff: noqa: S608 - numbers and fixed parts alone are in the text, see `sample_sql`

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from runtime.vcf.zygosity import CARRIERS, Zygosity
from runtime.web.services.variants.query_engine import QueryEngine
from runtime.web.services.variants.sample_filter import SampleFilter
from runtime.web.services.variants.sample_sql import GenotypeTable
from runtime.web.services.variants.where import EVERYTHING, WhereClause

BINS = 20
"""Of the histogram of allele fractions, from 0 to 1."""

_COLUMNS = (
    "sample, GT, zygosity, phased, PS, DP, AD_ref, AD_alt, allele_fraction, "
    "allele_fraction_source, GQ, FT"
)
_SAMPLES = "SELECT sample FROM read_parquet(?) WHERE variant = 1"
_SIZE = "SELECT coalesce(max(variant), 0), count(*) FROM read_parquet(?)"


@dataclass(frozen=True)
class Genotype:
    """A sample's genotype of a variant.

    Attributes:
        genotype: GT as the file has it.
        zygosity: of the variant's allele; None where GT isn't a genotype of the record.
        phased: None of a single copy.
        depth: DP; `ref_depth` and `alt_depth` are the reads of REF and of the allele.
        fraction: the allele's share, from 0 to 1; `source` is the field that gives it, or reads.
    """

    sample: str
    genotype: str | None
    zygosity: Zygosity | None
    phased: bool | None
    phase_set: str | None
    depth: int | None
    ref_depth: int | None
    alt_depth: int | None
    fraction: float | None
    source: str | None
    quality: float | None
    filter: str | None

    @property
    def words(self) -> str:
        """What the zygosity means for the allele that a page shows."""
        return _WORDS[self.zygosity] if self.zygosity else "no genotype of this record"

    @classmethod
    def from_row(cls, row: tuple[Any, ...]) -> Self:
        """Read it from a row of _COLUMNS."""
        sample, genotype, zygosity, *rest = row
        return cls(sample, genotype, Zygosity(zygosity) if zygosity else None, *rest)


_WORDS = {
    Zygosity.REFERENCE: "doesn't have it",
    Zygosity.HETEROZYGOUS: "heterozygous",
    Zygosity.HOMOZYGOUS: "homozygous",
    Zygosity.HEMIZYGOUS: "one copy alone",
    Zygosity.INCOMPLETE: "has it, partly called",
    Zygosity.MISSING: "not called",
}


@dataclass(frozen=True)
class SampleShown:
    """The sample whose genotypes a table shows.

    Attributes:
        fractions: of its alleles that meet the filter, how many have a fraction in each of BINS
            equal parts of 0 to 1. What has no fraction isn't counted.
    """

    name: str
    fractions: list[int]


def shown_sample(table: GenotypeTable, wanted: SampleFilter) -> str | None:
    """Return the sample that the filter names, or the only one; None where there are several."""
    only = table.samples[0] if len(table.samples) == 1 else None
    return wanted.sample or wanted.affected or only


@dataclass(frozen=True)
class GenotypeQueries:
    """Asks a result's table of genotypes."""

    engine: QueryEngine
    table: GenotypeTable

    @staticmethod
    def open(engine: QueryEngine, variants: Path, genotypes: Path) -> GenotypeTable:
        """Look at the tables of a result."""
        [(variant_count, row_count)] = engine.cached_rows(_SIZE, (str(variants),))
        names = engine.cached_rows(_SAMPLES, (str(genotypes),))
        samples = tuple(name for (name,) in names)
        return GenotypeTable(variants, genotypes, variant_count, row_count, samples)

    def of_variants(self, numbers: list[int]) -> Mapping[int, list[Genotype]]:
        """Return the genotypes of some variants by their numbers, samples in the file's order."""
        if not numbers:
            return {}
        sql = (
            f"SELECT variant, {_COLUMNS} FROM read_parquet(?) "
            f"WHERE variant IN ({', '.join('?' * len(numbers))})"
        )
        return _by_variant(self.engine.rows(sql, [str(self.table.genotypes), *numbers]))

    def shown(self, wanted: SampleFilter, where: WhereClause) -> SampleShown | None:
        """Return what is shown of a sample; None where `shown_sample` has none."""
        name = shown_sample(self.table, wanted)
        return SampleShown(name, self._fractions(name, where)) if name else None

    def _fractions(self, sample: str, where: WhereClause) -> list[int]:
        kinds = ", ".join("?" * len(CARRIERS))
        sql = (
            f"SELECT least(floor(allele_fraction * {BINS})::INTEGER, {BINS - 1}), count(*) "
            f"FROM read_parquet(?) WHERE sample = ? AND zygosity IN ({kinds}) "
            "AND allele_fraction IS NOT NULL"
        )
        values = (str(self.table.genotypes), sample, *map(str, CARRIERS))
        if where != EVERYTHING:
            met = self.table.bits(self.table.variants, where)
            sql += f" AND get_bit({met.sql}, (variant - 1)::INTEGER) = 1"
            values += met.parameters
        sql += " GROUP BY ALL"
        found: dict[int, int] = dict(self.engine.cached_rows(sql, values))
        return [found.get(at, 0) for at in range(BINS)]


def _by_variant(rows: Iterable[tuple[Any, ...]]) -> Mapping[int, list[Genotype]]:
    found: dict[int, list[Genotype]] = {}
    for number, *row in rows:
        found.setdefault(number, []).append(Genotype.from_row(tuple(row)))
    return found
