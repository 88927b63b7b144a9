"""INFO/CSQ as Ensembl VEP writes it: https://www.ensembl.org/info/docs/tools/vep/vep_formats.html"""

import polars as pl

from runtime.annotator.effects import PREDICTIONS
from runtime.annotator.rows import Rows
from runtime.annotator.transcript_table import HEAD, MIDDLE, NO_TRANSCRIPT, TAIL

_FIELDS = (
    "Allele",
    "Consequence",
    "IMPACT",
    *HEAD,
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
    *MIDDLE,
    "PICK",
    "VARIANT_CLASS",
    *TAIL,
)
_LAST = "HGVSg"


def fields(*, predictions: bool) -> tuple[str, ...]:
    """The fields in VEP's order. ALLELE_NUM says of which ALT an entry is: Allele doesn't always.

    Args:
        predictions: whether the bundle has SIFT and PolyPhen.
    """
    return (*_FIELDS, *(PREDICTIONS if predictions else ()), _LAST)


def definition(key: str, *, predictions: bool) -> bytes:
    """Return the header line. Tools take the names from what follows "Format: "."""
    names = "|".join(fields(predictions=predictions))
    text = f"Consequence annotations in the format of Ensembl VEP. Format: {names}"
    return f'##INFO=<ID={key},Number=.,Type=String,Description="{text}">'.encode()


def entries(rows: Rows, texts: pl.DataFrame, *, predictions: bool) -> pl.Series:
    """Return the CSQ entry of each effect; it means nothing for a skipped allele.

    Args:
        rows: the rows.
        texts: what each transcript says, see transcript_table.mapped_table.
        predictions: whether the bundle has SIFT and PolyPhen.
    """
    effects, of = rows.effects, rows.effects["allele"]
    of_transcript = {
        name: texts[name].gather(effects["transcript"]).fill_null(NO_TRANSCRIPT[name])
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
        *(map(_text, PREDICTIONS) if predictions else ()),
        of_allele["HGVSg"],
    )
    return effects.select(pl.concat_str(parts, separator="|")).to_series()


def _text(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String).fill_null("")
