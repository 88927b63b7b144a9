"""What an engine answers: a row for each site and transcript, and what follows from the transcript.

`transcript` is the row of the bundle's transcripts.parquet; a site without a transcript has one row
with a null there. The other columns are VEP's:
https://www.ensembl.org/info/docs/tools/vep/vep_formats.html#output
"""

import polars as pl

from runtime.annotator.errors import EngineFailed
from runtime.common.counted import counted
from runtime.vcf.consequences import IMPACTS, SEVERITY, Impact

EFFECTS = {
    "site": pl.UInt32,
    "transcript": pl.UInt32,
    "Consequence": pl.Categorical,
    "EXON": pl.Categorical,
    "INTRON": pl.Categorical,
    "HGVSc": pl.String,
    "HGVSp": pl.String,
    "cDNA_position": pl.String,
    "CDS_position": pl.String,
    "Protein_position": pl.String,
    "Amino_acids": pl.String,
    "Codons": pl.String,
    "SIFT": pl.String,
    "PolyPhen": pl.String,
}

PREDICTIONS = ("SIFT", "PolyPhen")
"""Columns that are null where the bundle has no predictions. vepyr alone gives them."""

IMPACT = pl.Enum([impact.value for impact in Impact])
"""The most severe first."""

TERM = pl.Enum(list(IMPACTS))
"""The most severe first."""


def check_complete(effects: pl.DataFrame, sites: pl.DataFrame, engine: str) -> None:
    """Raise EngineFailed unless every site is among the effects, and no other."""
    answered = effects["site"].unique().sort()
    asked = sites["site"].sort()
    if not answered.equals(asked):
        lost = asked.filter(~asked.is_in(answered.implode()))
        raise EngineFailed(
            f"The annotation engine ({engine}) answered for {len(answered):,} of "
            f"{counted(len(asked), 'allele')}.",
            detail=f"the first sites without an answer: {lost.head(5).to_list()}",
        )


def rank_of(consequences: pl.Series) -> pl.Series:
    """Rank each compound consequence by its most severe term, 0 for the most severe of all.

    Raises:
        EngineFailed: a term that VEP doesn't have.
    """
    kinds = consequences.unique()
    try:
        ranks = [min(SEVERITY[term] for term in kind.split("&")) for kind in kinds]
    except (KeyError, AttributeError) as error:
        raise EngineFailed(f"The annotation engine gave an unknown consequence: {error}.") from None
    by_code = pl.Series(ranks, dtype=pl.UInt8)
    codes = consequences.to_physical()
    return codes.replace_strict(kinds.to_physical(), by_code, return_dtype=pl.UInt8)


def completed(effects: pl.DataFrame, preferences: pl.DataFrame) -> pl.DataFrame:
    """Add IMPACT, PICK and what is most severe to effects, and sort them.

    Of each site one row is picked: MANE Select, MANE Plus Clinical, canonical, the most severe,
    the longest transcript, in this order. A site's rows are in that order too, the pick first.
    `most_severe` marks all rows that are as severe as the worst of the site, and each row has that
    one's term as `most_severe_consequence`, so that a pick which is less severe hides nothing.

    Args:
        effects: EFFECTS, of whole sites.
        preferences: of all transcripts, see `transcript_table.preferences`.
    """
    rank = rank_of(effects["Consequence"])
    of_transcript = [
        preferences[name].gather(effects["transcript"]).fill_null(0)
        for name in ("_pick_class", "_pick_order")
    ]
    key = (of_transcript[0].cast(pl.UInt64) * 64 + rank) * 2**32 + of_transcript[1]
    impacts = pl.Series([impact.value for impact in IMPACTS.values()], dtype=IMPACT)
    terms = pl.Series(list(IMPACTS), dtype=TERM)
    return (
        effects.with_columns(impacts.gather(rank).alias("IMPACT"), _rank=rank, _key=key)
        .sort("site", "_key", maintain_order=True)
        .with_columns(_worst=pl.col("_rank").min().over("site"))
        .with_columns(
            PICK=pl.col("site").is_first_distinct(),
            most_severe=pl.col("_rank") == pl.col("_worst"),
            most_severe_consequence=pl.lit(terms).gather("_worst"),
        )
        .drop("_key", "_rank", "_worst")
    )
