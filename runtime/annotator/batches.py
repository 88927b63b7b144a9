"""Records of an upload in batches: what the check hands on to the engines and to the merge.

A batch lies in a folder of its own, as Arrow files:

| file | a row |
|---|---|
| records.arrow | a record, in order: `group` |
| alleles.arrow | an ALT allele of a group: ALLELES |
| sites.arrow | an allele for the engines: SITES |

Records with the same CHROM, POS, REF and ALT, one after another, are one group. Sites are distinct
and sorted by contig (in the bundle's order), position and alleles; they are what a record writes,
in upper case: VEP's answer depends on how an allele is written (it cuts off one shared first base
of an indel, and nothing else), so no two spellings share a site.
"""

from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import polars as pl

from runtime.annotator.alleles import Skip, variant_class

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


@dataclass(frozen=True)
class Batch:
    """A batch in memory: frames with the columns named above; `records` has one, `group`."""

    records: pl.DataFrame
    alleles: pl.DataFrame
    sites: pl.DataFrame

    @classmethod
    def read(cls, folder: Path) -> "Batch":
        """Read a batch from its folder."""
        return cls(
            *(
                pl.read_ipc(folder / f"{name}.arrow", memory_map=False)
                for name in ("records", "alleles", "sites")
            )
        )

    def write(self, folder: Path) -> None:
        """Write it into a folder, which is made."""
        folder.mkdir()
        for name, frame in vars(self).items():
            frame.write_ipc(folder / f"{name}.arrow")


class Group(NamedTuple):
    """What its records have in common.

    Attributes:
        chrom: CHROM as they have it.
        contig: its place in the manifest; None where the bundle hasn't got it.
        position: POS.
        ref: REF.
        alts: ALT.
    """

    chrom: bytes
    contig: int | None
    position: int
    ref: bytes
    alts: bytes


class BatchMaker:
    """Collects the records of a batch.

    Attributes:
        allele_bytes: of REF and ALT of all groups together.
    """

    def __init__(self) -> None:
        self._records = array("I")
        self._groups: list[Group] = []
        self._skips: dict[int, list[Skip | None]] = {}
        self.allele_bytes = 0

    @property
    def record_count(self) -> int:
        """Records so far."""
        return len(self._records)

    def group(self, group: Group, skips: list[Skip | None]) -> int:
        """Add a group; return its number. `skips` says for each ALT allele why it is skipped."""
        number = len(self._groups)
        self._groups.append(group)
        if any(skips):
            self._skips[number] = skips
        self.allele_bytes += len(group.ref) + len(group.alts)
        return number

    def record(self, group: int) -> None:
        """Add a record of a group."""
        self._records.append(group)

    def finish(self) -> Batch:
        """Return the batch."""
        alleles = self._with_skips(self._alleles())
        sites = (
            alleles.filter(pl.col("skip").is_null())
            .select("contig", "position", "_ref", "_alt")
            .unique()
            .sort("contig", "position", "_ref", "_alt")
            .with_row_index("site")
        )
        keys = ["contig", "position", "_ref", "_alt"]
        taken = pl.when(pl.col("skip").is_null()).then("site").alias("site")
        alleles = alleles.join(sites, on=keys, how="left", maintain_order="left").with_columns(
            taken
        )
        return Batch(
            pl.DataFrame({"group": pl.Series(self._records, dtype=pl.UInt32)}),
            alleles.select(pl.col(name).cast(kind) for name, kind in ALLELES.items()),
            sites.rename({"_ref": "ref", "_alt": "alt"}).select(
                pl.col(name).cast(kind) for name, kind in SITES.items()
            ),
        )

    def _alleles(self) -> pl.DataFrame:
        """The alleles of the groups; `_ref` and `_alt` are those of the site."""
        # A batch has a record at least.
        chrom, contig, position, ref, alts = zip(*self._groups, strict=True)
        groups = pl.DataFrame(
            {
                "chrom": pl.Series(_texts(chrom), dtype=pl.String),
                "contig": pl.Series(contig, dtype=pl.UInt32),
                "position": pl.Series(position, dtype=pl.Int64),
                "ref": pl.Series(_texts(ref), dtype=pl.String),
                "alt": pl.Series(_texts(alts), dtype=pl.String),
            }
        ).with_row_index("group")
        single = ~pl.col("alt").str.contains(",", literal=True)
        alleles = (
            groups.with_columns(pl.col("alt").str.split(","))
            .with_columns(number=pl.int_ranges(1, pl.col("alt").list.len() + 1, dtype=pl.Int32))
            .explode("alt", "number", empty_as_null=True)
        )
        alleles = alleles.with_columns(
            _ref=pl.col("ref").str.to_uppercase(), _alt=pl.col("alt").str.to_uppercase()
        )
        return _with_classes(_with_anchors(alleles, groups.select("group", single=single)))

    def _with_skips(self, alleles: pl.DataFrame) -> pl.DataFrame:
        flat = [
            (group, number, None if skip is None else skip.value)
            for group, skips in self._skips.items()
            for number, skip in enumerate(skips, 1)
        ]
        skipped = pl.DataFrame(
            flat,
            schema={"group": pl.UInt32, "number": pl.Int32, "skip": pl.String},
            orient="row",
        )
        alleles = alleles.join(skipped, on=["group", "number"], how="left", maintain_order="left")
        if not flat:
            return alleles
        # What isn't plain bases has a class of its own.
        odd = alleles.filter(pl.col("skip").is_not_null())
        classes = [
            variant_class(ref.encode(), alt.encode()) for ref, alt in odd["ref", "alt"].iter_rows()
        ]
        of_odd = odd.select("group", "number").with_columns(
            _class=pl.Series(classes, dtype=pl.String)
        )
        return alleles.join(
            of_odd, on=["group", "number"], how="left", maintain_order="left"
        ).with_columns(
            VARIANT_CLASS=pl.when(pl.col("skip").is_null())
            .then("VARIANT_CLASS")
            .otherwise("_class")
        )


def _texts(values: "tuple[bytes, ...]") -> list[str]:
    """Text of the columns; what isn't UTF-8, which no allele is, shows as U+FFFD."""
    return [value.decode("utf-8", "replace") for value in values]


def _with_anchors(alleles: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Say of which alleles VEP cuts off the first base.

    It does where a record has an indel, and all of its alleles but `*` begin with the same base
    (Parser/VCF.pm of ensembl-vep, create_VariationFeatures).
    """
    ref, alt = pl.col("_ref"), pl.col("_alt")
    indel = ref.str.len_bytes() != alt.str.len_bytes()
    same = ref.str.head(1) == alt.str.head(1)
    several = groups.filter(~pl.col("single")).select("group")
    by_group = (
        alleles.join(several, on="group", how="semi")
        .group_by("group")
        .agg(_indel=indel.any(), _same=(same | (alt == "*")).all())
        .select("group", _group_anchored=pl.col("_indel") & pl.col("_same"))
    )
    if by_group.is_empty():
        return alleles.with_columns(anchored=indel & same)
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
