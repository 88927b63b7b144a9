"""Attributes of GFF3 rows, as polars expressions over the column `attributes`."""

from urllib.parse import unquote

import polars as pl

ATTRIBUTES = pl.col("attributes")


def attribute(name: str) -> pl.Expr:
    """An attribute's text as written, null where the row has none or an empty one."""
    return ATTRIBUTES.str.extract(rf"(?:^|;)\s*{name}=([^;]*)").str.strip_chars().replace("", None)


def decoded(text: pl.Expr) -> pl.Expr:
    """Text with its %XX escapes read."""
    escaped = text.map_elements(unquote, return_dtype=pl.String)
    return pl.when(text.str.contains("%", literal=True)).then(escaped).otherwise(text)


def cross_reference(database: str) -> pl.Expr:
    """The first id of a database in Dbxref, which lists DATABASE:ID (RefSeq's HGNC:HGNC:5)."""
    return attribute("Dbxref").str.extract(rf"(?:^|,){database}:([^,]+)")


def tags() -> pl.Expr:
    """The tags of a row: `tag=basic,MANE_Select`; RefSeq's have spaces, which become _."""
    listed = attribute("tag").str.replace_all(" ", "_").str.split(",")
    return listed.fill_null(pl.lit([], dtype=pl.List(pl.String)))


_PREFIX = r"^(?i:gene|transcript|rna|mrna|cds|exon|id|pseudogene|ncrna|trna|rrna)[:-]"
# Only Ensembl's ids, and RefSeq's, end in a version: WormBase's Y74C9A.3.1 is all name.
_ENSEMBL = r"^(ENS[A-Z]*\d{11})\.(\d+)(?:_PAR_Y)?$"


def local_name(identifier: pl.Expr) -> pl.Expr:
    """An ID without the kind of feature in front: gene:X, rna-X, Transcript:X."""
    return identifier.str.replace(_PREFIX, "")


def without_version(name: pl.Expr) -> pl.Expr:
    """An Ensembl id without its version (and GENCODE's _PAR_Y); any other id as it is."""
    return pl.coalesce(name.str.extract(_ENSEMBL, 1), name)


def version_in(name: pl.Expr) -> pl.Expr:
    """The version that an Ensembl id ends in."""
    return name.str.extract(_ENSEMBL, 2)


def whole_number(text: pl.Expr) -> pl.Expr:
    """Text as a whole number, null where it is none."""
    return text.cast(pl.Int32, strict=False)
