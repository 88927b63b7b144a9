"""INFO/CSQ as Ensembl VEP writes it: https://www.ensembl.org/info/docs/tools/vep/vep_formats.html"""

import polars as pl

from runtime.annotator.effects import OF_TRANSCRIPT

OF_EFFECT_FIRST = ("Consequence", "IMPACT")
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
"""The fields in VEP's order. Of these ALLELE_NUM says of which ALT an entry is: Allele doesn't
always."""

_HEAD = ("SYMBOL", "Gene", "Feature_type", "Feature", "BIOTYPE")
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


def definition(key: str) -> bytes:
    """Return the header line. Tools take the names from what follows "Format: "."""
    text = f"Consequence annotations from Ensembl VEP. Format: {'|'.join(FIELDS)}"
    return f'##INFO=<ID={key},Number=.,Type=String,Description="{text}">'.encode()


def transcript_texts(transcripts: pl.DataFrame) -> pl.DataFrame:
    """Write once what each row of a transcript says: `head` and `tail`, and STRAND, FLAGS between.

    What VCF doesn't allow in a value is written as VEP does (OutputFactory/VCF.pm): a comma and a
    bar as &, a semicolon as %3B, white space as _.
    """
    words = transcripts.select(
        *(_safe(pl.col(name)) for name in OF_TRANSCRIPT if name not in ("CANONICAL",)),
        pl.when("CANONICAL").then(pl.lit("YES")).otherwise(pl.lit("")).alias("CANONICAL"),
        pl.lit("Transcript").alias("Feature_type"),
    )
    return words.select(
        pl.concat_str(_HEAD, separator="|").alias("head"),
        pl.concat_str("STRAND", "FLAGS", separator="|").alias("middle"),
        pl.concat_str(_TAIL, separator="|").alias("tail"),
    )


def _safe(value: pl.Expr) -> pl.Expr:
    text = value.cast(pl.String).fill_null("")
    for pattern, instead in ((r"[,|]", "&"), (";", "%3B"), (r"\s+", "_"), ("=", "%3D")):
        text = text.str.replace_all(pattern, instead)
    return text


def entries(rows: pl.DataFrame, texts: pl.DataFrame) -> pl.Series:
    """Return the CSQ entry of each row.

    Args:
        rows: see rows.Rows; `Allele` is VEP's.
        texts: of `transcript_texts`.
    """
    places = rows["transcript"]
    parts = {name: texts[name].gather(places) for name in texts.columns}
    between = ("EXON", "INTRON", "HGVSc")
    behind = ("cDNA_position", "CDS_position", "Protein_position", "Amino_acids", "Codons")
    return rows.select(
        pl.concat_str(
            "Allele",
            *OF_EFFECT_FIRST,
            parts["head"].fill_null("|" * (len(_HEAD) - 1)),
            *(pl.col(name).fill_null("") for name in between),
            pl.col("HGVSp").fill_null("").str.replace("=", "%3D", literal=True),
            *(pl.col(name).fill_null("") for name in behind),
            "number",
            parts["middle"].fill_null("|"),
            pl.when("PICK").then(pl.lit("1")).otherwise(pl.lit("")),
            "VARIANT_CLASS",
            parts["tail"].fill_null("|" * (len(_TAIL) - 1)),
            pl.col("HGVSg").fill_null(""),
            separator="|",
        )
    ).to_series()
