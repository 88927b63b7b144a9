"""INFO/CSQ as Ensembl VEP writes it: https://www.ensembl.org/info/docs/tools/vep/vep_formats.html"""

import polars as pl

from runtime.annotator.effects import OF_TRANSCRIPT
from runtime.annotator.rows import Rows

FIELDS = (
    "Allele",
    "Consequence",
    "IMPACT",
    "SYMBOL",
    "Gene",
    "Feature_type",
    "Feature",
    "BIOTYPE",
    "EXON",
    "INTRON",
    "HGVSc",
    "HGVSp",
    "cDNA_position",
    "CDS_position",
    "Protein_position",
    "Amino_acids",
    "Codons",
    "ALLELE_NUM",
    "STRAND",
    "FLAGS",
    "PICK",
    "VARIANT_CLASS",
    "SYMBOL_SOURCE",
    "HGNC_ID",
    "CANONICAL",
    "MANE_SELECT",
    "MANE_PLUS_CLINICAL",
    "TSL",
    "APPRIS",
    "CCDS",
    "ENSP",
    "HGVSg",
)
"""The fields in VEP's order. ALLELE_NUM says of which ALT an entry is: Allele doesn't always."""

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
"""What follows from the transcript, in three pieces."""

_NO_TRANSCRIPT = {
    name: "|" * (len(fields) - 1)
    for name, fields in (("head", _HEAD), ("middle", _MIDDLE), ("tail", _TAIL))
}


def definition(key: str) -> bytes:
    """Return the header line. Tools take the names from what follows "Format: "."""
    text = f"Consequence annotations in the format of Ensembl VEP. Format: {'|'.join(FIELDS)}"
    return f'##INFO=<ID={key},Number=.,Type=String,Description="{text}">'.encode()


def transcript_texts(transcripts: pl.DataFrame) -> pl.DataFrame:
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


def entries(rows: Rows, texts: pl.DataFrame) -> pl.Series:
    """Return the CSQ entry of each effect; it means nothing for a skipped allele.

    Args:
        rows: the rows.
        texts: of `transcript_texts`.
    """
    effects, of = rows.effects, rows.effects["allele"]
    of_transcript = {
        name: texts[name].gather(effects["transcript"]).fill_null(_NO_TRANSCRIPT[name])
        for name in texts.columns
    }
    of_allele = {
        name: rows.alleles[name].cast(pl.String).fill_null("").gather(of)
        for name in ("Allele", "number", "VARIANT_CLASS", "HGVSg")
    }
    parts: tuple[pl.Series | pl.Expr, ...] = (
        of_allele["Allele"],
        _text("Consequence"),
        _text("IMPACT"),
        of_transcript["head"],
        *map(_text, ("EXON", "INTRON", "HGVSc")),
        pl.col("HGVSp").fill_null("").str.replace("=", "%3D", literal=True),
        *map(_text, ("cDNA_position", "CDS_position", "Protein_position")),
        *map(_text, ("Amino_acids", "Codons")),
        of_allele["number"],
        of_transcript["middle"],
        pl.when("PICK").then(pl.lit("1")).otherwise(pl.lit("")),
        of_allele["VARIANT_CLASS"],
        of_transcript["tail"],
        of_allele["HGVSg"],
    )
    return effects.select(pl.concat_str(parts, separator="|")).to_series()


def _text(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String).fill_null("")
