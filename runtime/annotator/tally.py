"""Counts over the alleles of a result."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from runtime.annotator.alleles import Skip
from runtime.annotator.batches import Batch
from runtime.annotator.bundle import Bundle
from runtime.annotator.changes import Changes
from runtime.annotator.pathogenic import Pathogenic, PathogenicCounting
from runtime.annotator.rows import Rows, few_transcripts
from runtime.common.manifest import Contig

CONTIG_BINS = 240
"""Into how many pieces a contig is cut at most, to show where the alleles lie."""

REFERENCE_BINS = 1_000
"""The same of all contigs together, roughly: those of a genome share one width."""

COUNTED_KINDS = ("significance", "category")
"""Of fields whose values are few words."""

MOST_RINGS = 10
"""Circular contigs, drawn as rings, that are cut into pieces of their own width: there may be
thousands of plasmids."""


@dataclass
class Tally:
    """Counts for the summary.

    Attributes:
        records: records.
        reference_blocks: of these, records of a gVCF with no allele but an unspecified one.
        alleles: ALT alleles, without '.' and unspecified ones.
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
        field_values: alleles by the values of such columns as have few: `COUNTED_KINDS`.
        positions: annotated alleles by contig of the reference, worst impact, and bin, from 0.
        bin_bases: width of a contig's bins.
        changes: alleles by the change of a base, and by the length of an indel.
        pathogenic: those that a track rates so.
    """

    records: int = 0
    reference_blocks: int = 0
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
    field_values: dict[str, Counter[str]] = field(default_factory=dict)
    positions: dict[str, dict[str, Counter[int]]] = field(default_factory=dict)
    bin_bases: dict[str, int] = field(default_factory=dict)
    changes: Changes = field(default_factory=Changes)
    pathogenic: Pathogenic = field(default_factory=Pathogenic)


class Counting:
    """Counts batch by batch: what takes the rows of effects part by part, the rest at once."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._names = {name.decode(): each.name for name, each in bundle.contigs.items()}
        self.tally = Tally(bin_bases=bin_widths(bundle.manifest.contigs))
        widths = self.tally.bin_bases
        self._widths = {name: widths[own] for name, own in self._names.items()}
        self._pathogenic = PathogenicCounting(bundle, widths, self.tally.pathogenic)

    def add_batch(self, batch: Batch, effects: pl.DataFrame, tracks: pl.DataFrame) -> None:
        """Count what a batch has, beside what `add` counts of its parts.

        Args:
            batch: the batch.
            effects: effects.EFFECTS of its sites.
            tracks: what the tracks say of sites, see `tracks.track_fields`.
        """
        records = batch.records_of_alleles()
        self.tally.changes.add(batch, records["records"], effects)
        self._pathogenic.add(batch, records, tracks, effects)

    def add(self, rows: Rows) -> None:
        """Count a part."""
        tally, groups = self.tally, rows.part.groups
        counts = groups.value_counts(sort=False, name="_n").sort("group")["_n"]
        alleles = rows.alleles.with_columns(counts.gather(rows.alleles["group"]).alias("_n"))
        tally.records += len(groups)
        _count(tally.contigs, alleles.unique("group", keep="first"), "chrom")
        specified = alleles.filter(pl.col("skip").ne_missing(pl.lit(Skip.UNSPECIFIED.value)))
        blocks = alleles.join(specified, on="group", how="anti").unique("group")
        tally.reference_blocks += _sum(blocks)
        tally.alleles += _sum(specified.filter(pl.col("alt") != "."))
        _count(tally.variant_classes, specified, "VARIANT_CLASS")
        _count(tally.not_annotated, specified, "skip")
        for each in self._bundle.fields:
            found = alleles.filter(pl.col(each.tag).is_not_null())
            if not found.is_empty():
                tally.fields[each.column] += _sum(found)
                if each.kind in COUNTED_KINDS:
                    values = tally.field_values.setdefault(each.column, Counter())
                    _count(values, found, each.tag)
        self._count_effects(alleles, rows.effects)

    def _count_effects(self, alleles: pl.DataFrame, effects: pl.DataFrame) -> None:
        tally = self.tally
        words, places = few_transcripts(self._bundle, effects["transcript"])
        rows = effects.select(
            "allele",
            alleles["_n"].gather(effects["allele"]).alias("_n"),
            "IMPACT",
            pl.col("Consequence").to_physical().alias("term"),
            words["gene_name"].gather(places).cast(pl.Categorical).alias("gene"),
            words["FLAGS"].gather(places).alias("flag"),
        ).filter(pl.col("IMPACT").is_not_null())
        tally.effects += _sum(rows)
        kinds = effects["Consequence"].unique().drop_nulls()
        self._count_terms(rows.select("allele", "_n", "term"), kinds)
        for counter, column in ((tally.impacts, "IMPACT"), (tally.genes, "gene")):
            _count(counter, rows.unique(["allele", column]), column)
        flagged = rows.filter(pl.col("flag").is_not_null()).select("allele", "_n", "flag")
        flags = _exploded(flagged.unique(["allele", "flag"]), "flag")
        _count(tally.flags, flags, "flag")
        self._count_places(alleles, rows)

    def _count_terms(self, rows: pl.DataFrame, kinds: pl.Series) -> None:
        """Count each term once an allele, however many of its effects have it."""
        words = pl.DataFrame({"term": kinds.to_physical(), "word": kinds.cast(pl.String)})
        terms = _exploded(words, "word")
        found = rows.unique(["allele", "term"]).join(terms, on="term", how="inner")
        _count(self.tally.consequences, found.unique(["allele", "word"]), "word")

    def _count_places(self, alleles: pl.DataFrame, rows: pl.DataFrame) -> None:
        worst = rows.group_by("allele").agg(pl.col("_n").first(), pl.col("IMPACT").min())
        self.tally.annotated += _sum(worst)
        widths = alleles["chrom"].replace_strict(self._widths, default=1, return_dtype=pl.Int64)
        place = (alleles["position"] - 1) // widths
        bins = (
            worst.with_columns(
                alleles["chrom"].gather(worst["allele"]).alias("chrom"),
                place.gather(worst["allele"]).alias("bin"),
            )
            .group_by("chrom", "IMPACT", "bin")
            .agg(pl.col("_n").sum())
        )
        for chrom, impact, at, count in bins.iter_rows():
            contig = self.tally.positions.setdefault(self._names[chrom], {})
            contig.setdefault(impact, Counter())[at] += count


def bin_widths(contigs: Sequence[Contig]) -> dict[str, int]:
    """Return how many bases a bin of each contig has."""
    lengths = [contig.length for contig in contigs]
    width = max(-(-sum(lengths) // REFERENCE_BINS), -(-max(lengths) // CONTIG_BINS))
    circular = [contig for contig in contigs if contig.circular][:MOST_RINGS]
    own = {contig.name: min(width, -(-contig.length // CONTIG_BINS)) for contig in circular}
    return {contig.name: own.get(contig.name, width) for contig in contigs}


def _exploded(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """A row for each part of a text that & joins."""
    return frame.with_columns(pl.col(column).str.split("&")).explode(column, empty_as_null=True)


def _sum(frame: pl.DataFrame) -> int:
    return int(frame["_n"].sum())


def _count(counter: Counter[str], frame: pl.DataFrame, column: str) -> None:
    """Add up how many records each value of a column has."""
    known = frame.filter(pl.col(column).is_not_null())
    sums = known.group_by(column).agg(pl.col("_n").sum())
    for value, count in sums.iter_rows():
        counter[str(value)] += count
