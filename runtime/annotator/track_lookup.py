"""What one track says of alleles: the fields of a VCF's records, or of a BED's regions."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from runtime.common.manifest import AddedField, TrackField
from runtime.vcf.line_blocks import LineBlocks, Span, keys

_VCF = {
    "chrom": pl.String,
    "position": pl.Int64,
    "id": pl.String,
    "ref": pl.String,
    "alt": pl.String,
    "qual": pl.String,
    "filter": pl.String,
    "info": pl.String,
}
_BED = {"chrom": pl.String, "start": pl.Int64, "end": pl.Int64}

# https://samtools.github.io/hts-specs/VCFv4.3.pdf, 1.2: what additions.py encodes again.
_DECODED = {"%2C": ",", "%3B": ";", "%3D": "="}


@dataclass(frozen=True)
class Lookup:
    """A search of one track.

    Attributes:
        blocks: of the track's file.
        fields: what is taken, and the names that it gets.
        contigs: the bundle's names of contigs, in its order.
        check: called now and then; may raise to end the search.
    """

    blocks: LineBlocks
    fields: list[tuple[TrackField, AddedField]]
    contigs: list[str]
    check: Callable[[], None]

    def records(self, alleles: pl.DataFrame) -> pl.DataFrame:
        """Return `site`, and a text column for each field, for alleles of which a VCF has records.

        Args:
            alleles: `site`, `contig`, `position`, `ref` and `alt`, in their one form.
        """
        ordered, at = _ordered(alleles, "position")
        names = pl.Series(self.contigs, dtype=pl.String)
        ordered = ordered.with_columns(chrom=names.gather(ordered["contig"]))
        values = [_value(field).alias(added.tag) for field, added in self.fields]
        found = [
            _between(ordered, at, span)
            .join(_rows(span.lines, _VCF), on=["chrom", "position", "ref", "alt"])
            .select("site", *values)
            for span in self._spans(at, at)
        ]
        return pl.concat([self._nothing(), *found])

    def regions(self, alleles: pl.DataFrame) -> pl.DataFrame:
        """Return the same for alleles in a BED's regions: their different values, with commas.

        Args:
            alleles: `site`, `contig`, and `first` and `last`: bases one of which is in the region.
        """
        ordered, first = _ordered(alleles, "first")
        last = keys(ordered["contig"], ordered["last"])
        count = max(int(field.source) for field, _ in self.fields)
        schema = _BED | {str(number): pl.String for number in range(len(_BED) + 1, count + 1)}
        values = [pl.col(field.source).alias(added.tag) for field, added in self.fields]
        found = []
        for span in self._spans(first, last.sort()):
            regions = _rows(span.lines, schema)
            starts, ends = self._keys(regions, pl.col("start") + 1), self._keys(regions, "end")
            pairs = _overlaps(first, last, starts, ends)
            sites = ordered["site"].gather(pairs["allele"])
            there = regions.select(pl.all().gather(pairs["region"]))
            found.append(there.select(sites.alias("site"), *values))
        several = pl.concat([self._nothing(), *found]).group_by("site", maintain_order=True)
        return several.agg(_joined(added.tag) for _, added in self.fields)

    def _keys(self, regions: pl.DataFrame, position: pl.Expr | str) -> pl.Series:
        places = {name: at for at, name in enumerate(self.contigs)}
        contig = regions["chrom"].replace_strict(places, return_dtype=pl.Int64)
        return keys(contig, regions.select(position).to_series())

    def _spans(self, starts: pl.Series, ends: pl.Series) -> Iterator[Span]:
        for span in self.blocks.spans(starts, ends):
            self.check()
            yield span

    def _nothing(self) -> pl.DataFrame:
        tags = {added.tag: pl.String for _, added in self.fields}
        return pl.DataFrame(schema={"site": pl.UInt32, **tags})


def _ordered(alleles: pl.DataFrame, position: str) -> tuple[pl.DataFrame, pl.Series]:
    ordered = alleles.sort("contig", position)
    return ordered, keys(ordered["contig"], ordered[position])


def _between(ordered: pl.DataFrame, at: pl.Series, span: Span) -> pl.DataFrame:
    begin = at.search_sorted(span.first, side="left")
    return ordered.slice(begin, at.search_sorted(span.last, side="right") - begin)


def _rows(lines: bytes, schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    return pl.read_csv(lines, has_header=False, separator="\t", quote_char=None, schema=schema)


def _overlaps(
    first: pl.Series, last: pl.Series, starts: pl.Series, ends: pl.Series
) -> pl.DataFrame:
    """Return pairs of `region` and `allele` that overlap, by their rows, in the regions' order.

    Args:
        first: the alleles' first bases, sorted.
        last: their last ones.
        starts: the regions' first bases.
        ends: their last ones.
    """
    # Alleles that begin before a region's end; none before `begin` reaches its start.
    begin = last.cum_max().search_sorted(starts, side="left")
    end = first.search_sorted(ends, side="right")
    ranges = pl.DataFrame({"begin": begin, "end": end}).with_row_index("region")
    pairs = ranges.filter(pl.col("begin") < pl.col("end")).select(
        "region", pl.int_ranges("begin", "end").alias("allele")
    )
    pairs = pairs.explode("allele", empty_as_null=True)
    reaches = last.gather(pairs["allele"]) >= starts.gather(pairs["region"])
    return pairs.filter(reaches)


def _joined(column: str) -> pl.Expr:
    text = pl.col(column).drop_nulls().unique(maintain_order=True).str.join(",")
    return pl.when(text != "").then(text).alias(column)


def _value(field: TrackField) -> pl.Expr:
    """A field's text in the rows of a VCF; null where it has none, 1 for a flag."""
    if field.source == "ID":
        return _stated(pl.col("id"))
    name = re.escape(field.source.removeprefix("INFO/"))
    if field.type == "Flag":
        return pl.when(pl.col("info").str.contains(f"(?:^|;){name}(?:[;=]|$)")).then(pl.lit("1"))
    return _stated(pl.col("info").str.extract(f"(?:^|;){name}=([^;]*)"))


def _stated(text: pl.Expr) -> pl.Expr:
    return pl.when(~text.is_in(["", "."])).then(text.str.replace_many(_DECODED))
