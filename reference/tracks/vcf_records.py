"""Alleles of a track's VCFs: one ALT each, in their one form, with the fields that are taken."""

import re
from collections.abc import Iterator

import polars as pl

from reference.errors import InputError
from reference.options import RS_IDS
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
        # Each step is a frame of its own: an expression within others is worked out again in each.
        entries = rows.select("number", "alleles", *map(_entry, infos))
        for field in infos:
            if field.number in ("A", "R"):
                entries = self._of_alleles(entries, field)
        names = [field.source for field in infos]
        info: pl.Series | pl.Expr = pl.lit(".")
        if infos:
            joined = pl.concat_str(names, separator=";", ignore_nulls=True)
            info = entries.select(joined.replace("", ".")).to_series()
        name = pl.col("id").replace("", ".") if len(infos) < len(self._fields) else pl.lit(".")
        return rows.with_columns(id=name, info=info)

    def _of_alleles(self, entries: pl.DataFrame, field: TrackField) -> pl.DataFrame:
        """Leave each allele its own part of a value; with REF's before it for Number=R."""
        with_ref = field.number == "R"
        several = entries.with_row_index("_row").filter(
            pl.col(field.source).is_not_null()
            & ((pl.col("alleles") > 1) | with_ref | pl.col(field.source).str.contains(","))
        )
        if several.is_empty():
            return entries
        key = f"{field.source.removeprefix('INFO/')}="
        value = pl.col(field.source).str.strip_prefix(key)
        several = several.with_columns(_values=value.str.split(","))
        values = pl.col("_values").list
        right = values.len() == pl.col("alleles") + int(with_ref)
        wrong = several.select((~right).sum()).item()
        self._source.count(f"kept without {field.source}, which isn't one an allele", wrong)
        own = values.get(pl.col("number") + int(with_ref), null_on_oob=True)
        stated = pl.when(right & (own != ".")).then(own)
        text = pl.lit(key) + (values.first() + "," + stated if with_ref else stated)
        new = several.select(text).to_series()
        return entries.with_columns(entries[field.source].scatter(several["_row"], new))


def _entry(field: TrackField) -> pl.Expr:
    """KEY=value of a record; null where it has none."""
    name = field.source.removeprefix("INFO/")
    info = pl.col("info").str
    if field.type == "Flag":
        has = info.contains(f"(?:^|;){re.escape(name)}(?:[;=]|$)")
        return pl.when(has).then(pl.lit(name)).alias(field.source)
    # Not "." alone, nor nothing.
    found = info.extract(f"(?:^|;)({re.escape(name)}=(?:[^;.]|\\.[^;])[^;]*)")
    if field.target == RS_IDS:
        found = found.str.replace_all("|", ",", literal=True)
        found = found.str.replace_all(r"([=,])(\d+)", "${1}rs${2}")
    return found.alias(field.source)


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
