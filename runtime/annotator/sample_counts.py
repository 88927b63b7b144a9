"""What a result's summary says of each sample: zygosities, changes of bases, allele fractions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from runtime.vcf.base_changes import TRANSITIONS
from runtime.vcf.zygosity import CARRIERS

FRACTION_BINS = 20
"""Equal parts of 0 to 1."""

UNREADABLE = "unreadable"
"""Counts genotypes that aren't of their record."""

COUNTED_AT_ONCE = 100_000
"""Genotypes that are kept until they are counted together: files come in parts of 500 records."""

CHANGE = pl.Enum(["transition", "transversion"])


@dataclass
class SampleCounts:
    """Counts of one sample's alleles.

    Attributes:
        zygosity: by zygosity, or UNREADABLE.
        changes: by the kind of change, of those of one base that it has, once each however many
            copies it has.
        fractions: by the part of 0 to 1 that the allele's fraction is in, of those that it has.
    """

    zygosity: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    fractions: Counter[int] = field(default_factory=Counter)


class SampleCounting:
    """Counts genotypes of a file's samples, a part at a time."""

    def __init__(self, samples: Sequence[str]) -> None:
        self._counts = [SampleCounts() for _ in samples]
        self._names = samples
        self._waiting: list[pl.DataFrame] = []
        self._rows = 0

    def add(self, genotypes: pl.DataFrame, changes: pl.Series) -> None:
        """Count genotypes.

        Args:
            genotypes: genotypes.GENOTYPES.
            changes: CHANGE of each one's allele; null where it isn't a change of one base.
        """
        has = pl.col("zygosity").is_in(CARRIERS)
        part = (pl.col("allele_fraction") * FRACTION_BINS).cast(pl.Int8).clip(0, FRACTION_BINS - 1)
        self._waiting.append(
            genotypes.select(
                "sample",
                pl.col("zygosity").fill_null(UNREADABLE),
                pl.when(has).then(changes).alias("change"),
                pl.when(has).then(part).alias("part"),
            )
        )
        self._rows += len(genotypes)
        if self._rows >= COUNTED_AT_ONCE:
            self._count()

    def _count(self) -> None:
        rows = pl.concat(self._waiting)
        for name, counter in (
            ("zygosity", "zygosity"),
            ("change", "changes"),
            ("part", "fractions"),
        ):
            counts = rows.filter(pl.col(name).is_not_null()).group_by("sample", name).len()
            for sample, value, count in counts.iter_rows():
                getattr(self._counts[sample], counter)[value] += count
        self._waiting, self._rows = [], 0

    def finish(self) -> dict[str, SampleCounts]:
        """Return the counts by sample."""
        if self._waiting:
            self._count()
        return dict(zip(self._names, self._counts, strict=True))


def changes_of(alleles: pl.DataFrame) -> pl.Series:
    """Return CHANGE of each allele; null where it isn't one base for another.

    Args:
        alleles: batches.ALLELES.
    """
    pair = pl.concat_str(pl.col("ref", "alt").str.to_uppercase(), separator=">")
    kinds = {
        f"{ref}>{alt}": CHANGE.categories[0 if f"{ref}>{alt}" in TRANSITIONS else 1]
        for ref in "ACGT"
        for alt in "ACGT"
        if ref != alt
    }
    return alleles.select(pair.replace_strict(kinds, default=None, return_dtype=CHANGE)).to_series()


def sample_facts(counts: Mapping[str, SampleCounts]) -> dict[str, Any]:
    """Return what the summary says of each sample, by its name."""
    return {
        "zygosity": {name: each.zygosity for name, each in counts.items()},
        "transitions": {name: each.changes["transition"] for name, each in counts.items()},
        "transversions": {name: each.changes["transversion"] for name, each in counts.items()},
        "fractions": {
            name: [each.fractions[at] for at in range(FRACTION_BINS)]
            for name, each in counts.items()
        },
    }
