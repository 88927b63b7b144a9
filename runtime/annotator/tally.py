"""Counts over the alleles of a result."""

from collections import Counter
from dataclasses import dataclass, field

import polars as pl

from runtime.annotator.bundle import Bundle

BINS = 240
"""Into how many pieces the whole reference is cut, roughly, to show where the alleles lie."""

_ALLELE = ["group", "number"]
_IMPACTS = pl.Enum(["HIGH", "MODERATE", "LOW", "MODIFIER"])


@dataclass
class Tally:
    """Counts for the summary.

    Attributes:
        records: records.
        alleles: ALT alleles, '.' not counted.
        annotated: of these, those that an engine took.
        effects: rows of the annotated alleles.
        consequences: alleles by consequence; one with several counts for each once.
        impacts: annotated alleles by impact; one with consequences of several counts for each once.
        variant_classes: alleles by class.
        genes: alleles by gene.
        flags: annotated alleles by the flags of their transcripts.
        contigs: records by contig.
        not_annotated: alleles ('.' too) by the reason.
        fields: alleles for which a track has a value, by the value's column.
        bin_bases: width of a bin of `positions`.
        positions: annotated alleles by contig of the reference, worst impact, and bin, from 0.
        in_order: whether the records are sorted by position, each contig in one piece.
    """

    records: int = 0
    alleles: int = 0
    annotated: int = 0
    effects: int = 0
    consequences: Counter[str] = field(default_factory=Counter)
    impacts: Counter[str] = field(default_factory=Counter)
    variant_classes: Counter[str] = field(default_factory=Counter)
    genes: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    contigs: Counter[str] = field(default_factory=Counter)
    not_annotated: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    bin_bases: int = 1
    positions: dict[str, dict[str, Counter[int]]] = field(default_factory=dict)
    in_order: bool = True


class Counting:
    """Counts batch by batch."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._names = {name.decode(): each.name for name, each in bundle.contigs.items()}
        total = sum(contig.length for contig in bundle.manifest.contigs)
        transcripts = bundle.transcripts
        self._genes = transcripts.select(pl.coalesce("SYMBOL", "Gene")).to_series()
        self._flags = transcripts["FLAGS"]
        self._last: tuple[str, int] = ("", 0)
        self._left: set[str] = set()
        self.tally = Tally(bin_bases=max(1, -(-total // BINS)))

    def add(self, groups: pl.Series, rows: pl.DataFrame, tracks: pl.DataFrame) -> None:
        """Count a batch.

        Args:
            groups: the group of each record.
            rows: see rows.rows_of.
            tracks: see additions.additions.
        """
        tally = self.tally
        counts = pl.DataFrame({"group": groups}).group_by("group").len("_n")
        rows = rows.join(counts, on="group", how="left", maintain_order="left")
        alleles = rows.unique(_ALLELE, keep="first", maintain_order=True)
        self._watch_order(alleles)
        tally.records += len(groups)
        of_group = alleles.unique("group", keep="first")
        _count(tally.contigs, of_group, "chrom")
        tally.alleles += _sum(alleles.filter(pl.col("alt") != "."))
        _count(tally.variant_classes, alleles, "VARIANT_CLASS")
        _count(tally.not_annotated, alleles, "skip")
        found = alleles.join(tracks, on=_ALLELE, how="inner")
        for each in self._bundle.fields:
            here = found.filter(pl.col(each.tag).is_not_null())
            if not here.is_empty():
                tally.fields[each.column] += _sum(here)
        self._count_effects(rows.filter(pl.col("skip").is_null()))

    def _watch_order(self, alleles: pl.DataFrame) -> None:
        """Take note whether the records are in order."""
        places = alleles.select("chrom", "position", _run=pl.col("chrom").rle_id())
        for (_, chrom), run in places.group_by("_run", "chrom", maintain_order=True):
            first, name = run["position"][0], str(chrom)
            if name != self._last[0]:
                self._left.add(self._last[0])
                in_order = name not in self._left
            else:
                in_order = first >= self._last[1]
            if not in_order or not run["position"].is_sorted():
                self.tally.in_order = False
            self._last = name, run["position"][-1]

    def _count_effects(self, rows: pl.DataFrame) -> None:
        tally = self.tally
        if rows.is_empty():
            return
        tally.effects += _sum(rows)
        places = rows["transcript"]
        rows = rows.select(
            *_ALLELE,
            "_n",
            "chrom",
            "position",
            pl.col("IMPACT").cast(_IMPACTS),
            pl.col("Consequence").cast(pl.Categorical).alias("term"),
            self._genes.gather(places).alias("gene"),
            self._flags.gather(places).alias("flag"),
        )
        # Of an allele few kinds of effects differ, so each kind is taken apart once.
        terms = rows.unique([*_ALLELE, "term"]).with_columns(
            pl.col("term").cast(pl.String).str.split("&")
        )
        _count(
            tally.consequences,
            terms.explode("term", empty_as_null=True).unique([*_ALLELE, "term"]),
            "term",
        )
        _count(tally.impacts, rows.unique([*_ALLELE, "IMPACT"]), "IMPACT")
        _count(tally.genes, rows.unique([*_ALLELE, "gene"]), "gene")
        flags = rows.filter(pl.col("flag").is_not_null()).unique([*_ALLELE, "flag"])
        flags = flags.with_columns(pl.col("flag").str.split("&")).explode(
            "flag", empty_as_null=True
        )
        _count(tally.flags, flags.unique([*_ALLELE, "flag"]), "flag")
        self._count_places(rows)

    def _count_places(self, rows: pl.DataFrame) -> None:
        alleles = rows.group_by(_ALLELE).agg(
            pl.col("_n", "chrom", "position").first(), pl.col("IMPACT").min()
        )
        self.tally.annotated += _sum(alleles)
        place = (pl.col("position") - 1) // self.tally.bin_bases
        bins = alleles.group_by("chrom", "IMPACT", place.alias("bin")).agg(pl.col("_n").sum())
        for chrom, impact, at, count in bins.iter_rows():
            contig = self.tally.positions.setdefault(self._names[chrom], {})
            contig.setdefault(impact, Counter())[at] += count


def _sum(frame: pl.DataFrame) -> int:
    return int(frame["_n"].sum())


def _count(counter: Counter[str], frame: pl.DataFrame, column: str) -> None:
    """Add up how many records each value of a column has."""
    known = frame.filter(pl.col(column).is_not_null())
    sums = known.group_by(column).agg(pl.col("_n").sum())
    for value, count in sums.iter_rows():
        counter[str(value)] += count
