"""Transcript models: their exons, and where the CDS lies in the cDNA.

All of it are frames over a group of contigs. A model that neither engine can represent is left
out, counted by its reason, rather than annotated wrongly.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from reference.gff.features import CDS, Features
from reference.models.exons import KEY, exons_of, in_cdna, overlapping
from reference.models.translation import STANDARD

_NUMBER = "t"


@dataclass(frozen=True)
class Models:
    """The models of a group of contigs.

    Attributes:
        transcripts: the columns of `reference.gff.names` by contig (in the FASTA's order), start,
            end and stable_id; t, the row's number; direction, 1 or -1; exon_count; and of a CDS,
            else null: cds_start, cds_end (on the contig), coding_start, coding_end (in the cDNA),
            phase, the bases of its first codon that are missing, frame_differs, cds_length,
            genetic_code. Of the
            gene gene_start and gene_end, and opens_gene, true for its first transcript.
        exons: t, number (from 1), start, end, cdna_start, cdna_end, id, version, by t and number.
        selenocysteines: t, codon (of the CDS, from 1).
    """

    transcripts: pl.DataFrame
    exons: pl.DataFrame
    selenocysteines: pl.DataFrame

    def parts(self) -> Iterator[tuple[bool, list[str], "Models"]]:
        """The models by runs of contigs that one engine reads, no transcript's id twice in one.

        RefSeq has a model of the main assembly again on its alternate contigs.

        Yields:
            Whether the genetic code is 1; the contigs; their models.
        """
        run: list[str] = []
        seen: set[str] = set()
        before = None
        for (contig, code), rows in self.transcripts.group_by(
            "contig", "genetic_code", maintain_order=True
        ):
            standard, ids = code == STANDARD, set(rows["stable_id"])
            if run and (standard != before or ids & seen):
                yield bool(before), run, self._on(run)
                run, seen = [], set()
            run.append(str(contig))
            seen |= ids
            before = standard
        if run:
            yield bool(before), run, self._on(run)

    def _on(self, contigs: list[str]) -> "Models":
        """The models on some contigs; `t` counts anew."""
        kept = self.transcripts.filter(pl.col("contig").is_in(contigs))
        if len(kept) == len(self.transcripts):
            return self
        numbers = kept.select(_NUMBER, new=pl.int_range(pl.len()))
        frames = (
            frame.join(numbers, on=_NUMBER, how="inner", maintain_order="left")
            .with_columns(t="new")
            .drop("new")
            for frame in (kept, self.exons, self.selenocysteines)
        )
        return Models(*frames)


def build_models(
    named: pl.DataFrame,
    features: Features,
    *,
    lengths: dict[str, int],
    genetic_codes: dict[str, int],
    left_out: Counter[str],
) -> Models:
    """Make models of named transcripts and their parts.

    Args:
        named: of `reference.gff.names`.
        features: of the same rows.
        lengths: of the contigs, in the FASTA's order.
        genetic_codes: of the same contigs.
        left_out: counts models that can't be used, by reason.
    """
    chosen = _Chosen(named, left_out)
    _drop_unusable(chosen, lengths)
    parts = features.parts.join(
        chosen.frame.select(*KEY, of_transcript="strand"), on=KEY, maintain_order="left"
    )
    placed = in_cdna(_exons(parts, chosen))
    coding = _coding(parts, placed, chosen)
    order = {name: number for number, name in enumerate(lengths)}
    transcripts = (
        chosen.frame.join(coding, on=KEY, how="left", maintain_order="left")
        .with_columns(
            rank=pl.col("contig").replace_strict(order, return_dtype=pl.Int64),
            direction=pl.when(pl.col("strand") == "+").then(1).otherwise(-1).cast(pl.Int8),
            genetic_code=pl.col("contig").replace_strict(genetic_codes, return_dtype=pl.Int32),
        )
        .sort("rank", "start", "end", "stable_id", "key")
        .with_columns(t=pl.int_range(pl.len()), **_incomplete())
        .with_columns(flags=_flags(), **_gene_places())
        .drop("rank", "rows")
    )
    numbers = transcripts.select(*KEY, _NUMBER, "direction")
    ordered = placed.join(numbers, on=KEY, how="inner").sort(_NUMBER, "number").drop(KEY)
    counts = ordered.group_by(_NUMBER).agg(exon_count=pl.len().cast(pl.Int32))
    return Models(
        transcripts=transcripts.join(counts, on=_NUMBER, how="left", maintain_order="left"),
        exons=ordered,
        selenocysteines=_codons(features.selenocysteines, numbers, placed, coding),
    )


def _exons(parts: pl.DataFrame, chosen: "_Chosen") -> pl.DataFrame:
    """The exons, after dropping the transcripts whose parts contradict each other."""
    chosen.drop(
        "transcripts with parts on both strands",
        parts.filter(pl.col("strand") != pl.col("of_transcript")),
    )
    exons = exons_of(parts)
    chosen.drop("transcripts with exons that overlap", overlapping(exons))
    return exons


def _drop_unusable(chosen: "_Chosen", lengths: dict[str, int]) -> None:
    """Drop the transcripts whose own rows say that neither engine can represent them."""
    chosen.drop_if("transcripts in several places, or with an ID used twice", pl.col("rows") > 1)
    chosen.drop_if("trans-spliced transcripts", pl.col("exception").str.contains("trans-splicing"))
    chosen.drop_if("transcripts without a strand", ~pl.col("strand").is_in(["+", "-"]))
    ends = pl.col("contig").replace_strict(lengths, return_dtype=pl.Int64)
    chosen.drop_if("transcripts past the end of their contig", pl.col("end") > ends)


def _incomplete() -> dict[str, pl.Expr]:
    """Ends of the CDS that aren't known: as the file says, or where it begins or ends in a codon.

    In other genetic codes than 1 the tail of the messenger completes a stop codon.
    """
    part = (pl.col("phase") + pl.col("cds_length")) % 3 != 0
    return {
        "start_incomplete": pl.col("start_incomplete") | (pl.col("phase") != 0).fill_null(False),
        "end_incomplete": pl.col("end_incomplete")
        | (part & (pl.col("genetic_code") == 1)).fill_null(False),
    }


def _gene_places() -> dict[str, pl.Expr]:
    gene = ["contig", "gene"]
    return {
        "gene_start": pl.col("start").min().over(gene),
        "gene_end": pl.col("end").max().over(gene),
        "opens_gene": pl.int_range(pl.len()).over(gene) == 0,
    }


def _flags() -> pl.Expr:
    """VEP's FLAGS, and what an engine's answers may be wrong for: it reads the contig's bases.

    RefSeq's models come from transcripts, and say so where these differ from the genome; a model
    whose phases contradict the lengths of its CDS is read in another frame than its source means.
    """
    differs = pl.col("exception").str.contains("annotated by|RNA editing|discrepancy")
    said = [
        pl.when("start_incomplete").then(pl.lit("cds_start_NF")),
        pl.when("end_incomplete").then(pl.lit("cds_end_NF")),
        pl.when(differs).then(pl.lit("sequence_differs")),
        pl.when("frame_differs").then(pl.lit("frame_differs")),
    ]
    return pl.concat_str(said, separator="&", ignore_nulls=True).replace("", None)


class _Chosen:
    """The transcripts that are left, and how many were left out for what."""

    def __init__(self, frame: pl.DataFrame, left_out: Counter[str]) -> None:
        self.frame = frame
        self._left_out = left_out

    def drop_if(self, reason: str, wrong: pl.Expr) -> None:
        self.drop(reason, self.frame.filter(wrong))

    def drop(self, reason: str, wrong: pl.DataFrame) -> None:
        """Drop the transcripts that have a row in `wrong`."""
        left = self.frame.join(wrong.select(KEY), on=KEY, how="anti", maintain_order="left")
        if dropped := self.frame.height - left.height:
            self._left_out[reason] += dropped
        self.frame = left


def _coding(parts: pl.DataFrame, exons: pl.DataFrame, chosen: _Chosen) -> pl.DataFrame:
    """Where the CDS of each transcript lies. A transcript whose CDS can't be used is dropped."""
    cds = parts.filter(pl.col("kind") == CDS).sort("start", "end")
    inside = (
        cds.select(*KEY, "start", "end", "strand", "phase")
        .join_asof(
            exons.sort("start").select(
                *KEY,
                "cdna_start",
                exon_start="start",
                exon_end="end",
                start="start",
                cdna_end="cdna_end",
            ),
            on="start",
            by=KEY,
            strategy="backward",
            check_sortedness=False,
        )
        .with_columns(outside=(pl.col("end") > pl.col("exon_end")).fill_null(True))
    )
    chosen.drop("transcripts with CDS outside of their exons", inside.filter("outside"))
    plus = pl.col("strand") == "+"
    from_exon = pl.when(plus).then(pl.col("start") - pl.col("exon_start"))
    to_exon = pl.when(plus).then(pl.col("end") - pl.col("exon_start"))
    first = pl.col("cdna_start") + from_exon.otherwise(pl.col("exon_end") - pl.col("end"))
    last = pl.col("cdna_start") + to_exon.otherwise(pl.col("exon_end") - pl.col("start"))
    phase = pl.col("phase").cast(pl.Int8, strict=False).fill_null(0)
    coding = (
        inside.with_columns(first=first, last=last, bases=pl.col("end") - pl.col("start") + 1)
        .group_by(KEY)
        .agg(
            cds_start=pl.col("start").min(),
            cds_end=pl.col("end").max(),
            coding_start=pl.col("first").min(),
            coding_end=pl.col("last").max(),
            cds_length=pl.col("bases").sum(),
            # GFF3 counts the bases to the next codon's start; a missing one or two came before.
            phase=(3 - phase.sort_by("first").first()) % 3,
            frame_differs=_frame_differs(phase),
        )
    )
    whole = pl.col("coding_end") - pl.col("coding_start") + 1 == pl.col("cds_length")
    chosen.drop("transcripts with a CDS that slips back or skips bases", coding.filter(~whole))
    return coding


def _frame_differs(phase: pl.Expr) -> pl.Expr:
    """Whether a stated phase differs from what the pieces before it leave, in a group of pieces."""
    stated = phase.sort_by("first")
    before = pl.col("first").sort() - pl.col("first").min()
    expected = (stated.first() - before) % 3
    return ((stated != expected) & (pl.col("phase").sort_by("first") != ".")).any()


def _codons(
    selenocysteines: pl.DataFrame,
    numbers: pl.DataFrame,
    exons: pl.DataFrame,
    coding: pl.DataFrame,
) -> pl.DataFrame:
    """The codons, of the CDS and from 1, that are read as selenocysteine."""
    at = pl.when(pl.col("direction") > 0).then("start").otherwise("end")
    sites = selenocysteines.join(numbers, on=KEY).select(*KEY, "t", "direction", at=at)
    placed = sites.join(exons, on=KEY).filter(pl.col("at").is_between("start", "end"))
    offset = pl.when(pl.col("direction") > 0).then(pl.col("at") - pl.col("start"))
    cdna = pl.col("cdna_start") + offset.otherwise(pl.col("end") - pl.col("at"))
    codon = (cdna - pl.col("coding_start") + pl.col("phase")) // 3 + 1
    return (
        placed.join(coding, on=KEY)
        .select("t", codon=codon.cast(pl.Int32))
        .unique()
        .sort("t", "codon")
    )
