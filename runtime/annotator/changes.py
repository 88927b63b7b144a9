"""What kinds of changes a file has: which base becomes which, and how long indels are.

The ratio of transitions to transversions, Ti/Tv, is 0.5 where bases change at random, and above 2
in human genomes:
https://gatk.broadinstitute.org/hc/en-us/articles/360035531572
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from runtime.annotator.alleles import Skip
from runtime.annotator.batches import Batch

LONGEST = 60
"""Longer indels are counted with those of this length, as `bcftools stats` does (IDD)."""

_BASES = ("A", "C", "G", "T")
_INDELS = ("insertion", "deletion", "indel")


@dataclass
class Changes:
    """Counts of ALT alleles, annotated or not, in the records of a file.

    Attributes:
        bases: alleles of the class SNV by their change, such as A>G.
        indels: insertions, deletions and indels of plain letters by length: the bases of ALT minus
            those of REF, LONGEST at the most in either direction.
        coding_indels: of these, those with a position in the coding sequence of a transcript.
    """

    bases: Counter[str] = field(default_factory=Counter)
    indels: Counter[int] = field(default_factory=Counter)
    coding_indels: Counter[int] = field(default_factory=Counter)

    def add(self, batch: Batch, records: pl.Series, effects: pl.DataFrame) -> None:
        """Count the alleles of a batch.

        Args:
            batch: the batch.
            records: how many records have each allele.
            effects: effects.EFFECTS of its sites.
        """
        alleles = batch.alleles.with_columns(_n=records).filter(
            pl.col("skip").ne_missing(pl.lit(Skip.UNSPECIFIED.value))
        )
        self._add_bases(alleles)
        self._add_indels(alleles, effects)

    def _add_bases(self, alleles: pl.DataFrame) -> None:
        counts = (
            alleles.filter(pl.col("VARIANT_CLASS") == "SNV")
            .group_by("ref", "alt")
            .agg(pl.col("_n").sum())
        )
        for ref, alt, count in counts.iter_rows():
            before, after = ref.upper(), alt.upper()
            if before in _BASES and after in _BASES and before != after:
                self.bases[f"{before}>{after}"] += count

    def _add_indels(self, alleles: pl.DataFrame, effects: pl.DataFrame) -> None:
        lengths = pl.col("alt", "ref").str.len_bytes().cast(pl.Int64)
        indels = alleles.filter(
            pl.col("VARIANT_CLASS").is_in(_INDELS) & ~pl.col("alt").str.contains("[^A-Za-z]")
        ).with_columns(lengths)
        if indels.is_empty():
            return
        coding = effects.filter(pl.col("CDS_position").is_not_null())["site"].unique()
        counts = (
            indels.with_columns(
                length=(pl.col("alt") - pl.col("ref")).clip(-LONGEST, LONGEST),
                coding=pl.col("site").is_in(coding.implode()),
            )
            .group_by("length", "coding")
            .agg(pl.col("_n").sum())
        )
        for length, in_coding, count in counts.iter_rows():
            self.indels[length] += count
            if in_coding:
                self.coding_indels[length] += count

    def facts(self) -> dict[str, Any]:
        """Return what the summary says of them, by base and by length."""
        return {
            "base_changes": dict(sorted(self.bases.items())),
            "indel_lengths": _by_length(self.indels),
            "coding_indel_lengths": _by_length(self.coding_indels),
        }


def _by_length(counts: Counter[int]) -> dict[str, int]:
    return {str(length): count for length, count in sorted(counts.items())}
