"""The rows of a batch: one for each allele and effect, in the order of the groups."""

import polars as pl

from runtime.annotator.batches import Batch
from runtime.annotator.bundle import Bundle
from runtime.annotator.effects import EFFECTS, completed
from runtime.annotator.genomic_names import genomic_names


def rows_of(batch: Batch, effects: pl.DataFrame, bundle: Bundle) -> pl.DataFrame:
    """Join a batch's alleles with the effects of their sites; a skipped allele has one row.

    Args:
        batch: the batch.
        effects: effects.EFFECTS of all of its sites.
        bundle: the reference.

    Returns:
        The columns of batches.ALLELES and effects.EFFECTS without `site`, those that
        `effects.completed` adds, `Allele` as VEP writes it, and `HGVSg`.
    """
    names = genomic_names(batch.sites, bundle)
    upper = pl.col("alt").str.to_uppercase()
    rest = upper.str.slice(1)
    alleles = batch.alleles.with_columns(
        Allele=pl.when("anchored")
        .then(pl.when(rest == "").then(pl.lit("-")).otherwise(rest))
        .otherwise(upper),
        HGVSg=names.gather(batch.alleles["site"]),
    )
    added = [*(name for name in EFFECTS if name != "site"), "IMPACT", "PICK", "most_severe"]
    complete = completed(effects, bundle.transcripts).select("site", *added)
    return alleles.join(complete, on="site", how="left", maintain_order="left_right").drop("site")
