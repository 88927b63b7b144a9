"""Alleles of a track's VCFs: one ALT each, in their one form, with the fields that are taken."""

import re
from collections.abc import Iterator

import polars as pl

from reference.errors import InputError
from reference.tracks.source import TrackSource
from reference.tracks.tables import TableForm
from runtime.common.manifest import TrackField
from runtime.vcf.normalization import normalized_rows
from runtime.vcf.ref_bases import contradicts

ALLELES = ("contig", "position", "ref", "alt", "id", "info")
"""Columns of what is read: `contig` is a place in the bundle's order, `id` and `info` are as a VCF
has them, with a dot for nothing."""

_VCF = TableForm(
    "VCF",
    ("chrom", "position", "id", "ref", "alts", "qual", "filter", "info"),
    numbers=("position",),
)


class AlleleReader:
    """Reads a track's files.

    Args:
        source: the files.
        fields: what is taken.
    """

    def __init__(self, source: TrackSource, fields: list[TrackField]) -> None:
        self._source = source
        self._fields = fields
        self._kept = self._contradicting = 0

    def alleles(self) -> Iterator[pl.DataFrame]:
        """Yield the alleles, in the files' order.

        Raises:
            InputError: a file is damaged, nothing of it can be used, or most records contradict
                the reference.
        """
        for table in _VCF.tables(self._source):
            yield self._taken(table)
        if self._contradicting > self._kept:
            raise InputError(
                self._source.option.files[0],
                f"the REF of {self._contradicting:,} alleles contradicts the reference: "
                "it belongs to another assembly",
            )
        if not self._kept:
            raise self._source.nothing_fits()

    def _taken(self, records: pl.DataFrame) -> pl.DataFrame:
        source = self._source
        rows = _split(records.with_columns(contig=source.places(records["chrom"])))
        known = rows["contig"].is_not_null()
        rows = source.kept(rows, known, "on contigs that the bundle lacks")
        if source.option.only_pass:
            passed = rows["filter"].is_in(["PASS", ".", ""])
            rows = source.kept(rows, passed, "that their publisher filtered out")
        plain = rows["alt"].str.contains("^[ACGT]+$")
        rows = source.kept(rows, plain, "without bases as ALT")
        fits = ~self._contradicts(rows)
        self._contradicting += len(rows) - int(fits.sum())
        rows = source.kept(rows, fits, "whose REF contradicts the reference")
        rows = source.kept(rows, rows["ref"] != rows["alt"], "that are the same as REF")
        self._kept += len(rows)
        circles = [(each.name, each.length if each.circular else None) for each in source.contigs]
        return normalized_rows(self._reduced(rows), source.fasta, circles).select(ALLELES)

    def _contradicts(self, rows: pl.DataFrame) -> pl.Series:
        numbered = rows.with_row_index("_row")
        found = pl.Series([False], dtype=pl.Boolean).new_from_index(0, len(rows))
        for place in rows["contig"].unique():
            here = numbered.filter(pl.col("contig") == place)
            name = self._source.contigs[place].name
            found = found.scatter(here["_row"], contradicts(self._source.fasta, name, here))
        return found

    def _reduced(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Leave in ID and INFO what is taken."""
        infos = [each for each in self._fields if each.source != "ID"]
        entries = [self._entry(rows, each) for each in infos]
        info = pl.concat_str(entries, separator=";", ignore_nulls=True) if entries else pl.lit("")
        name = pl.col("id") if len(infos) < len(self._fields) else pl.lit("")
        return rows.with_columns(
            pl.when(text == "").then(pl.lit(".")).otherwise(text).alias(column)
            for column, text in (("id", name), ("info", info))
        )

    def _entry(self, rows: pl.DataFrame, field: TrackField) -> pl.Expr:
        """KEY=value of an allele; null for none."""
        name = field.source.removeprefix("INFO/")
        key = f"(?:^|;){re.escape(name)}"
        if field.type == "Flag":
            return pl.when(pl.col("info").str.contains(f"{key}(?:[;=]|$)")).then(pl.lit(name))
        value = pl.col("info").str.extract(f"{key}=([^;]*)")
        if field.number in ("A", "R"):
            value = self._of_allele(rows, value, field)
        return pl.when(~value.is_in(["", "."])).then(pl.lit(f"{name}=") + value)

    def _of_allele(self, rows: pl.DataFrame, value: pl.Expr, field: TrackField) -> pl.Expr:
        """The allele's own part of a value; with REF's before it for Number=R."""
        with_ref = field.number == "R"
        values = value.str.split(",")
        right = values.list.len() == pl.col("alleles") + int(with_ref)
        wrong = rows.select(((value != ".") & ~right).sum()).item()
        self._source.count(f"kept without {field.source}, which isn't one an allele", wrong)
        if not with_ref:
            return pl.when(right).then(values.list.get(pl.col("number"), null_on_oob=True))
        both = [values.list.get(0), values.list.get(pl.col("number") + 1, null_on_oob=True)]
        return pl.when(right).then(pl.concat_str(both, separator=","))


def _split(records: pl.DataFrame) -> pl.DataFrame:
    """A row for each ALT allele: `alt`, its `number` from 0, and `alleles`, how many there are.

    REF and ALT are in upper case.
    """
    rows = records.with_columns(
        pl.col("ref").str.to_uppercase(),
        alt=pl.col("alts").str.to_uppercase().str.split(","),
    ).with_columns(alleles=pl.col("alt").list.len())
    return rows.with_columns(number=pl.int_ranges("alleles")).explode(
        "alt", "number", empty_as_null=True
    )
