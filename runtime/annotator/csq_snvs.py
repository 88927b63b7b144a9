"""Effects of single-base changes in transcripts that `bcftools csq` annotates, column by column.

`csq_effects.CsqEffects` does the same site by site, for alleles of every form. What this module
says of a codon must be what csq says of it; a site of which it isn't sure is left to that.
"""

from functools import cached_property

import polars as pl

from runtime.annotator.bundle import Bundle
from runtime.annotator.csq_models import CODON, Model
from runtime.annotator.effects import EFFECTS
from runtime.vcf.amino_acids import THREE_LETTERS
from runtime.vcf.consequences import INTERGENIC, SO_TERMS, compound
from runtime.vcf.genetic_codes import translation

_COMPLEMENT = {"A": "T", "C": "G", "G": "C", "T": "A"}

_SEGMENTS = {
    "transcript": pl.UInt32,
    "contig": pl.UInt32,
    "start": pl.Int64,
    "end": pl.Int64,
    "exon": pl.Int32,  # its number in the transcript's order; null of an intron
    "intron": pl.Int32,
    "cdna": pl.Int64,  # number of the segment's first base, in the transcript's order
}
_MODELS = {
    "transcript": pl.UInt32,
    "name": pl.String,
    "Feature": pl.String,
    "protein": pl.String,
    "forward": pl.Boolean,
    "exons": pl.Int32,
    "cds": pl.Binary,  # empty without a CDS
    "cds_first": pl.Int64,
    "phase": pl.Int64,  # see Transcript
    "code": pl.Int64,
}
# Consequences that depend on more than one codon, or that corrections.py looks at.
_OTHERS = r"start|stop_lost|utr|splice|intron|@"


class CsqSnvs:
    """Makes effects of single-base changes."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    def of_sites(self, sites: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
        """Return effects.EFFECTS of those sites that are sure, each with all of its rows.

        Args:
            sites: batches.SITES.
            texts: `site` and `text`, what csq says of it (BCSQ); without those between genes.
        """
        single = sites.filter(
            (pl.col("ref").str.len_bytes() == 1) & (pl.col("alt").str.len_bytes() == 1)
        ).join(texts, on="site", how="left", maintain_order="left")
        plain = single.filter(~pl.col("text").fill_null("").str.contains(_OTHERS))
        placed = self._placed(plain)
        said = _said(plain)
        coding = self._coding(placed.join(said, on=["site", "name"], how="left"))
        unsure = coding.filter(~pl.col("sure").fill_null(value=False)).select("site").unique()
        sure = coding.join(unsure, on="site", how="anti")
        between = plain.join(placed.select("site"), on="site", how="anti").select(
            "site", Consequence=pl.lit(INTERGENIC)
        )
        found = pl.concat([sure, between, pl.DataFrame(schema=EFFECTS)], how="diagonal_relaxed")
        return found.select(pl.col(name).cast(kind) for name, kind in EFFECTS.items())

    def _placed(self, sites: pl.DataFrame) -> pl.DataFrame:
        """Where sites lie: a row a site and transcript."""
        segments, models = self._tables
        found = [
            sites.filter(pl.col("contig") == contig).join_where(
                segments.filter(pl.col("contig") == contig).drop("contig"),
                pl.col("position") >= pl.col("start"),
                pl.col("position") <= pl.col("end"),
            )
            for contig in sites["contig"].unique()
        ]
        if not found:
            found = [sites.join(segments, on="contig", how="inner")]
        rows = pl.concat(found).join(models, on="transcript", how="left")
        along = (
            pl.when("forward")
            .then(pl.col("position") - pl.col("start"))
            .otherwise(pl.col("end") - pl.col("position"))
        )
        turned = (
            pl.when("forward")
            .then(base)
            .otherwise(base.replace_strict(_COMPLEMENT, default=None))
            .alias(f"own_{name}")
            for name, base in (("ref", pl.col("ref")), ("alt", pl.col("alt")))
        )
        return rows.with_columns(pl.col("cdna") + along, *turned)

    def _coding(self, rows: pl.DataFrame) -> pl.DataFrame:
        """All fields; `sure` says whether they are."""
        at = pl.col("cdna") - pl.col("cds_first")
        size = pl.col("cds").bin.size().cast(pl.Int64)
        rows = rows.with_columns(
            _at=pl.when((size > 0) & at.is_between(0, size - 1)).then(at), _size=size
        )
        first = pl.col("_at") // CODON * CODON
        codon = pl.col("cds").bin.slice(first, CODON).cast(pl.String)
        rows = rows.with_columns(codon.alias("_codon"), (pl.col("_at") % CODON).alias("_place"))
        before = pl.col("_codon").str.slice(0, pl.col("_place"))
        behind = pl.col("_codon").str.slice(pl.col("_place") + 1)
        rows = rows.with_columns(
            (pl.col("_codon")).alias("_ref_codon"),
            (before + pl.col("own_alt") + behind).alias("_alt_codon"),
            pl.format(
                "{}{}{}/{}{}{}",
                before.str.to_lowercase(),
                "own_ref",
                behind.str.to_lowercase(),
                before.str.to_lowercase(),
                "own_alt",
                behind.str.to_lowercase(),
            ).alias("Codons"),
        )
        rows = rows.with_columns(*self._residues("_ref_codon", "_alt_codon"))
        return _named(_with_terms(rows))

    def _residues(self, *codons: str) -> list[pl.Expr]:
        """The residue of each codon, null where it isn't whole, in a column `NAME_residue`."""
        codes = self._tables[1]["code"].unique()
        made = []
        for name in codons:
            residue = pl.lit(None, pl.String)
            for code in codes:
                table = translation(code)
                if table:
                    of_code = pl.col(name).replace_strict(table, default=None)
                    residue = pl.when(pl.col("code") == code).then(of_code).otherwise(residue)
            made.append(residue.alias(f"{name}_residue"))
        return made

    @cached_property
    def _tables(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The exons and introns of all transcripts, and the transcripts."""
        contigs = self._bundle.manifest.contigs
        columns = ("transcript", "contig", "contig_place", "stable_id", "Feature", "ENSP")
        segments: list[tuple[object, ...]] = []
        models: list[tuple[object, ...]] = []
        by_name = self._bundle.models.by_name
        for row, contig, place, name, feature, protein in self._bundle.csq_transcripts.select(
            columns
        ).iter_rows():
            transcript = by_name.get(name)
            if transcript is None or transcript.contig != contig:
                continue
            code = contigs[place].genetic_code
            model = Model(transcript, self._bundle.fasta, code)
            segments += [(row, place, *segment) for segment in model.segments()]
            cds = model.cds.encode() if transcript.cds else b""
            first = transcript.cds_numbers[0] if transcript.cds else 0
            forward, exons = transcript.strand > 0, len(transcript.exons)
            about = (row, name, feature, protein or feature, forward, exons)
            models.append((*about, cds, first, transcript.phase, code))
        return (
            pl.DataFrame(segments, schema=_SEGMENTS, orient="row"),
            pl.DataFrame(models, schema=_MODELS, orient="row"),
        )


def _said(sites: pl.DataFrame) -> pl.DataFrame:
    """What csq says of transcripts that it names: `site`, `name`, `names` and `residues`."""
    parts = pl.col("text").str.split("|").list
    return (
        sites.filter(pl.col("text").is_not_null())
        .select("site", pl.col("text").str.split(","))
        .explode("text", empty_as_null=True)
        .select(
            "site",
            parts.get(2, null_on_oob=True).alias("name"),
            parts.get(0).alias("names"),
            parts.get(5, null_on_oob=True).alias("residues"),
        )
        .filter(pl.col("name") != "")
        .unique(["site", "name"], keep="none")
    )


def _with_terms(rows: pl.DataFrame) -> pl.DataFrame:
    """Name the consequence, and say where csq agrees about the residues."""
    names = rows["names"].unique().drop_nulls()
    terms = {each: compound({SO_TERMS[name] for name in each.split("&")}) for each in names}
    number = pl.col("_at") // CODON + 1
    first = pl.col("_at") < CODON
    before, after = pl.col("_ref_codon_residue"), pl.col("_alt_codon_residue")
    said = (
        pl.when(before == after)
        .then(pl.format("{}{}", number, before))
        .otherwise(pl.format("{}{}>{}{}", number, before, number, after))
    )
    no_cds, in_exon = pl.col("_size") == 0, pl.col("exon").is_not_null()
    whole = pl.col("phase") == 0
    term = pl.col("names").replace_strict(terms, default=None, return_dtype=pl.String)
    return rows.with_columns(
        pl.when(no_cds & in_exon)
        .then(pl.lit("non_coding_transcript_exon_variant"))
        .when(no_cds)
        .then(pl.lit("intron_variant&non_coding_transcript_variant"))
        .otherwise(term)
        .alias("Consequence"),
        pl.when(before == after)
        .then(before)
        .otherwise(pl.format("{}/{}", before, after))
        .alias("Amino_acids"),
        sure=no_cds | ((pl.col("residues") == said) & ~first & whole & term.is_not_null()),
        number=number,
    )


def _named(rows: pl.DataFrame) -> pl.DataFrame:
    """Write positions and names. Of a coding transcript only its CDS comes here."""
    before, after = (
        pl.col(f"{name}_residue").replace_strict(THREE_LETTERS, default=None)
        for name in ("_ref_codon", "_alt_codon")
    )
    coding = pl.col("_at").is_not_null()
    in_exon = pl.col("exon").is_not_null()
    place = pl.when(coding).then(pl.col("_at") + 1).otherwise("cdna")
    return rows.with_columns(
        pl.when(pl.col("exon").is_not_null())
        .then(pl.format("{}/{}", "exon", "exons"))
        .alias("EXON"),
        pl.when(pl.col("intron").is_not_null())
        .then(pl.format("{}/{}", "intron", pl.col("exons") - 1))
        .alias("INTRON"),
        pl.when(coding | in_exon)
        .then(
            pl.format(
                "{}:{}.{}{}>{}",
                "Feature",
                pl.when(coding).then(pl.lit("c")).otherwise(pl.lit("n")),
                place,
                "own_ref",
                "own_alt",
            )
        )
        .alias("HGVSc"),
        pl.when(before == after)
        .then(pl.format("{}:p.{}{}=", "protein", before, "number"))
        .otherwise(pl.format("{}:p.{}{}{}", "protein", before, "number", after))
        .alias("HGVSp"),
        pl.when(in_exon).then("cdna").cast(pl.String).alias("cDNA_position"),
        (pl.col("_at") + 1).cast(pl.String).alias("CDS_position"),
        pl.col("number").cast(pl.String).alias("Protein_position"),
    )
