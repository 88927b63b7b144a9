"""transcripts.parquet of a bundle, with what is worked out once for all jobs."""

import polars as pl

OF_TRANSCRIPT = (
    "SYMBOL",
    "Gene",
    "Feature",
    "BIOTYPE",
    "STRAND",
    "FLAGS",
    "SYMBOL_SOURCE",
    "HGNC_ID",
    "CANONICAL",
    "MANE_SELECT",
    "MANE_PLUS_CLINICAL",
    "TSL",
    "APPRIS",
    "CCDS",
    "ENSP",
)
"""Columns that each row of a transcript has."""


_HEAD = ("SYMBOL", "Gene", "Feature_type", "Feature", "BIOTYPE")
_MIDDLE = ("STRAND", "FLAGS")
_TAIL = (
    "SYMBOL_SOURCE",
    "HGNC_ID",
    "CANONICAL",
    "MANE_SELECT",
    "MANE_PLUS_CLINICAL",
    "TSL",
    "APPRIS",
    "CCDS",
    "ENSP",
)
"""The fields of CSQ that follow from the transcript, in three pieces."""

NO_TRANSCRIPT = {
    name: "|" * (len(fields) - 1)
    for name, fields in (("head", _HEAD), ("middle", _MIDDLE), ("tail", _TAIL))
}
"""What stands in their place where there is no transcript."""


def with_preference(transcripts: pl.DataFrame) -> pl.DataFrame:
    """Add to transcripts.parquet by what `completed` picks: the smaller number is preferred."""
    not_mane = pl.col("MANE_SELECT").is_null().cast(pl.UInt8)
    not_plus = pl.col("MANE_PLUS_CLINICAL").is_null().cast(pl.UInt8)
    not_canonical = (~pl.col("CANONICAL")).cast(pl.UInt8)
    by_length = (
        transcripts.with_row_index("_row")
        .sort("cds_length", pl.col("end") - pl.col("start"), descending=True, maintain_order=True)
        .with_row_index("_pick_order")
        .sort("_row")
    )
    return transcripts.with_columns(
        by_length["_pick_order"], _pick_class=not_mane * 4 + not_plus * 2 + not_canonical
    )


def csq_texts(transcripts: pl.DataFrame) -> pl.DataFrame:
    """Write once what each row of a transcript says, in the columns head, middle and tail.

    What VCF doesn't allow in a value is written as VEP does (OutputFactory/VCF.pm): a comma and a
    bar as &, a semicolon as %3B, white space as _.
    """
    words = transcripts.select(
        *(_safe(pl.col(name)) for name in OF_TRANSCRIPT if name != "CANONICAL"),
        pl.when("CANONICAL").then(pl.lit("YES")).otherwise(pl.lit("")).alias("CANONICAL"),
        pl.lit("Transcript").alias("Feature_type"),
    )
    return words.select(
        pl.concat_str(_HEAD, separator="|").alias("head"),
        pl.concat_str(_MIDDLE, separator="|").alias("middle"),
        pl.concat_str(_TAIL, separator="|").alias("tail"),
    )


def _safe(value: pl.Expr) -> pl.Expr:
    text = value.cast(pl.String).fill_null("")
    for pattern, instead in ((r"[,|]", "&"), (";", "%3B"), (r"\s+", "_"), ("=", "%3D")):
        text = text.str.replace_all(pattern, instead)
    return text
