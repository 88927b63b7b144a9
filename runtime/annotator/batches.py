"""Records of an upload in batches: what the check hands on to the engines and to the merge.

A batch lies in a folder of its own, as Arrow files:

| file | a row |
|---|---|
| parts.arrow | some blocks of lines: PARTS |
| records.arrow | a record, in order: `group`, which counts from 0 in each part |
| alleles.arrow | an ALT allele of a group: ALLELES |
| sites.arrow | an allele for the engines: SITES |

Records of a block with the same CHROM, POS, REF and ALT are one group. Sites are distinct in the
batch, and sorted by contig (in the bundle's order), position and alleles; they are what a record
writes, in upper case: VEP's answer depends on how an allele is written (it cuts off one shared
first base of an indel, and nothing else), so no two spellings share a site.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import polars as pl

from runtime.annotator.alleles import UNSPECIFIED_ALLELES, variant_class

PARTS = {"records": pl.UInt32, "groups": pl.UInt32, "alleles": pl.UInt32}
"""How many there are in a part."""

ALLELES = {
    "group": pl.UInt32,
    "number": pl.Int32,  # of the allele in ALT, from 1
    "chrom": pl.String,  # as the record has it
    "position": pl.Int64,
    "ref": pl.String,
    "alt": pl.String,
    "anchored": pl.Boolean,  # REF and ALT without the first base are what VEP calls the allele
    "site": pl.UInt32,  # null when the allele is skipped
    "skip": pl.String,  # why it is
    "VARIANT_CLASS": pl.String,
}
SITES = {
    "site": pl.UInt32,
    "contig": pl.UInt32,  # its place in the manifest, from 0
    "position": pl.Int64,
    "ref": pl.String,
    "alt": pl.String,
}
_KEY = ["contig", "position", "_ref", "_alt"]
_COLLECTED = [*(name for name in ALLELES if name != "site"), "contig", "_ref", "_alt"]


class Part(NamedTuple):
    """A part of a batch: the group of each record, how many groups there are, and ALLELES."""

    groups: pl.Series
    group_count: int
    alleles: pl.DataFrame


@dataclass(frozen=True)
class Batch:
    """A batch in memory: frames with the columns named above."""

    parts: pl.DataFrame
    records: pl.DataFrame
    alleles: pl.DataFrame
    sites: pl.DataFrame

    @classmethod
    def read(cls, folder: Path) -> "Batch":
        """Read a batch from its folder."""
        names = ("parts", "records", "alleles", "sites")
        return cls(*(pl.read_ipc(folder / f"{name}.arrow", memory_map=False) for name in names))

    def write(self, folder: Path) -> None:
        """Write it into a folder, which is made."""
        folder.mkdir()
        for name, frame in vars(self).items():
            frame.write_ipc(folder / f"{name}.arrow")

    def each_part(self) -> Iterator[Part]:
        """Yield the parts in turn."""
        record = allele = 0
        for records, groups, alleles in self.parts.iter_rows():
            yield Part(
                self.records["group"].slice(record, records),
                groups,
                self.alleles.slice(allele, alleles),
            )
            record, allele = record + records, allele + alleles

    def records_of_alleles(self) -> pl.DataFrame:
        """Return for each row of `alleles` how many records have it (`records`), and the place of
        the first of them in the batch, from 0 (`first`)."""
        parts = self.parts
        offset = parts["groups"].cum_sum() - parts["groups"]
        own = self.records["group"] + _spread(offset, parts["records"])
        by_group = (
            own.to_frame("group")
            .with_row_index("first")
            .group_by("group")
            .agg(pl.len().alias("records"), pl.col("first").min())
            .sort("group")
        )
        of_alleles = self.alleles["group"] + _spread(offset, parts["alleles"])
        return by_group.select("records", "first")[of_alleles]


class BatchMaker:
    """Collects the parts of a batch.

    Attributes:
        record_count: records so far.
        further_alleles: alleles beyond the first of each record.
        allele_bytes: bytes of CHROM, REF and ALT of all alleles together.
    """

    def __init__(self) -> None:
        self._parts: list[tuple[int, int, int]] = []
        self._records: list[pl.Series] = []
        self._alleles: list[pl.DataFrame] = []
        self.record_count = 0
        self.further_alleles = 0
        self.allele_bytes = 0

    def add(self, records: pl.Series, alleles: pl.DataFrame) -> None:
        """Add a part.

        Args:
            records: the group of each record.
            alleles: of `alleles_of`, with `skip`.
        """
        count = alleles["group"].n_unique()
        self._parts.append((len(records), count, len(alleles)))
        self._records.append(records)
        self._alleles.append(_with_odd_classes(alleles).select(_COLLECTED))
        self.record_count += len(records)
        self.further_alleles += len(alleles) - count
        lengths = pl.sum_horizontal(pl.col("chrom", "ref", "alt").str.len_bytes())
        self.allele_bytes += int(alleles.select(lengths.sum()).item())

    def finish(self) -> Batch:
        """Return the batch; it has a record at least."""
        alleles = pl.concat(self._alleles)
        sites = (
            alleles.filter(pl.col("skip").is_null())
            .select(_KEY)
            .unique()
            .sort(_KEY)
            .with_row_index("site")
        )
        taken = pl.when(pl.col("skip").is_null()).then("site").alias("site")
        alleles = alleles.join(sites, on=_KEY, how="left", maintain_order="left")
        return Batch(
            pl.DataFrame(self._parts, schema=PARTS, orient="row"),
            pl.DataFrame({"group": pl.concat(self._records)}),
            alleles.with_columns(taken).select(pl.col(n).cast(kind) for n, kind in ALLELES.items()),
            sites.rename({"_ref": "ref", "_alt": "alt"}).select(
                pl.col(name).cast(kind) for name, kind in SITES.items()
            ),
        )


def alleles_of(groups: pl.DataFrame) -> pl.DataFrame:
    """Take the ALT alleles of groups apart: all of ALLELES but `site` and `skip`.

    `contig` is there too, and `_ref` and `_alt` in upper case.

    Args:
        groups: `group`, `chrom`, `contig`, `position`, `ref`, `alts`, and what else is to be kept.
    """
    several = groups["alts"].str.contains(",", literal=True)
    alleles = groups.rename({"alts": "alt"})
    if several.any():
        alleles = (
            alleles.with_columns(pl.col("alt").str.split(","))
            .with_columns(number=pl.int_ranges(1, pl.col("alt").list.len() + 1, dtype=pl.Int32))
            .explode("alt", "number", empty_as_null=True)
        )
    else:
        alleles = alleles.with_columns(number=pl.lit(1, pl.Int32))
    alleles = alleles.with_columns(
        _ref=pl.col("ref").str.to_uppercase(), _alt=pl.col("alt").str.to_uppercase()
    )
    return _with_classes(_with_anchors(alleles, groups.filter(several).select("group")))


def _with_anchors(alleles: pl.DataFrame, several: pl.DataFrame) -> pl.DataFrame:
    """Say of which alleles VEP cuts off the first base.

    It does where a record has an indel, and all of its alleles but `*` begin with the same base
    (Parser/VCF.pm of ensembl-vep, create_VariationFeatures). Unspecified alleles don't count.

    Args:
        alleles: the alleles.
        several: `group` of the records with several.
    """
    ref, alt = pl.col("_ref"), pl.col("_alt")
    indel = ref.str.len_bytes() != alt.str.len_bytes()
    same = ref.str.head(1) == alt.str.head(1)
    if several.is_empty():
        return alleles.with_columns(anchored=indel & same)
    by_group = (
        alleles.join(several, on="group", how="semi")
        .filter(~alt.is_in(UNSPECIFIED_ALLELES))
        .group_by("group")
        .agg(_indel=indel.any(), _same=(same | (alt == "*")).all())
        .select("group", _group_anchored=pl.col("_indel") & pl.col("_same"))
    )
    return alleles.join(by_group, on="group", how="left", maintain_order="left").with_columns(
        anchored=pl.coalesce("_group_anchored", indel & same)
    )


def _with_classes(alleles: pl.DataFrame) -> pl.DataFrame:
    """Name the class of each allele of plain bases, as VEP does.

    https://www.ensembl.org/info/genome/variation/prediction/classification.html
    """
    ref, alt = pl.col("_ref"), pl.col("_alt")
    shared = (ref.str.head(1) == alt.str.head(1)).cast(pl.UInt32)
    ref_length, alt_length = ref.str.len_bytes(), alt.str.len_bytes()
    return alleles.with_columns(
        VARIANT_CLASS=pl.when(ref_length != alt_length)
        .then(
            pl.when(ref_length == shared)
            .then(pl.lit("insertion"))
            .when(alt_length == shared)
            .then(pl.lit("deletion"))
            .otherwise(pl.lit("indel"))
        )
        .when(ref_length == 1)
        .then(pl.lit("SNV"))
        .otherwise(pl.lit("substitution"))
    )


def _with_odd_classes(alleles: pl.DataFrame) -> pl.DataFrame:
    """Name the class of skipped alleles, which aren't all bases."""
    odd = alleles.with_row_index("_row").filter(pl.col("skip").is_not_null())
    if odd.is_empty():
        return alleles
    pairs = odd.select("ref", "alt").iter_rows()
    classes = pl.Series([variant_class(ref, alt) for ref, alt in pairs], dtype=pl.String)
    return alleles.with_columns(
        alleles["VARIANT_CLASS"].scatter(odd["_row"], classes).alias("VARIANT_CLASS")
    )


def _spread(values: pl.Series, counts: pl.Series) -> pl.Series:
    """Each value as often as its count says."""
    pairs = pl.DataFrame({"value": values, "count": counts})
    return pairs.select(pl.col("value").repeat_by("count").explode(empty_as_null=False)).to_series()
