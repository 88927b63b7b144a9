"""Rows of GFF3 -> transcripts with their genes, and the exons and CDS of each.

What a row is follows from its type and from who names it as Parent, not from the dialect: a
transcript is what has exons or CDS. So a gene that has them directly (RefSeq's mitochondria and
bacteria) is its own transcript, and so is a CDS without a parent (Prokka).
"""

from collections import Counter
from dataclasses import dataclass

import polars as pl

from reference.gff.attributes import attribute, decoded

EXON, CDS, UTR, SELENOCYSTEINE = "exon", "cds", "utr", "selenocysteine"

_KINDS = {
    "exon": EXON,
    "pseudogenic_exon": EXON,
    "CDS": CDS,
    "five_prime_UTR": UTR,
    "three_prime_UTR": UTR,
    "UTR": UTR,
    "stop_codon_redefined_as_selenocysteine": SELENOCYSTEINE,
}
# RefSeq: transl_except=(pos:complement(100..102),aa:Sec)
_SELENOCYSTEINE_NOTE = r"pos:[^a]+,aa:Sec"
_POSITIONS = r"(\d+)(?:.*\D)(\d+)\)*,aa"

_KEY = ["contig", "key"]


@dataclass(frozen=True)
class Features:
    """The features of a group of contigs.

    Attributes:
        transcripts: contig, key (the ID in the file), type, source, start, end, strand ("+", "-" or
            another), attributes, gene_key, gene_type, gene_attributes; rows, how many rows had the
            ID. Gene columns are null without a gene.
        parts: contig, key (of the transcript), kind (EXON, CDS, UTR), start, end, strand, phase,
            attributes.
        selenocysteines: contig, key, start, end of codons.
    """

    transcripts: pl.DataFrame
    parts: pl.DataFrame
    selenocysteines: pl.DataFrame


def read_features(rows: pl.DataFrame, left_out: Counter[str]) -> Features:
    """Find transcripts and their parts among the rows of some contigs.

    Args:
        rows: with the columns of `reference.gff.spool`.
        left_out: counts what can't be used, by reason.
    """
    rows = rows.with_columns(
        kind=pl.col("type").replace_strict(_KINDS, default=None, return_dtype=pl.String),
        id=attribute("ID"),
        parent=attribute("Parent"),
    )
    nodes = _nodes(rows.filter(pl.col("kind").is_null() & pl.col("id").is_not_null()))
    parts = _parts(rows.filter(pl.col("kind").is_not_null()), left_out)
    nodes = pl.concat([nodes, _parentless(parts)], how="vertical")
    owned = parts.join(nodes.select(_KEY), on=_KEY, how="semi", maintain_order="left")
    _count(left_out, "exons and CDS whose parent isn't on the contig", len(parts) - len(owned))
    transcripts = _transcripts(nodes, owned)
    _count(left_out, "transcripts without exons or CDS", _childless(nodes, transcripts))
    selenocysteines = _selenocysteines(owned)
    return Features(
        transcripts=transcripts,
        parts=owned.filter(pl.col("kind") != SELENOCYSTEINE).drop("from_parent"),
        selenocysteines=selenocysteines,
    )


def _count(left_out: Counter[str], reason: str, number: int) -> None:
    if number:
        left_out[reason] += number


def _nodes(rows: pl.DataFrame) -> pl.DataFrame:
    """What parts can belong to, one row an ID: genes and transcripts, among others."""
    first = ("type", "source", "strand", "parent", "attributes")
    return rows.group_by("contig", pl.col("id").alias("key"), maintain_order=True).agg(
        *(pl.col(name).first() for name in first),
        pl.col("start").min(),
        pl.col("end").max(),
        rows=pl.len().cast(pl.Int32),
    )


def _parts(rows: pl.DataFrame, left_out: Counter[str]) -> pl.DataFrame:
    """Exons, CDS and UTRs, one row for each transcript that one belongs to."""
    columns = ("contig", "kind", "start", "end", "strand", "phase", "source", "attributes", "id")
    own = pl.when(pl.col("kind") == CDS).then(pl.coalesce("id", attribute("locus_tag")))
    parts = rows.select(
        *columns,
        key=pl.coalesce(pl.col("parent").str.split(","), pl.concat_list(own)),
        from_parent=pl.col("parent").is_not_null(),
    ).explode("key", empty_as_null=True)
    named = parts.filter(pl.col("key").is_not_null())
    _count(left_out, "exons without a parent", len(parts) - len(named))
    return named


def _parentless(parts: pl.DataFrame) -> pl.DataFrame:
    """CDS rows without a parent as transcripts of their own."""
    first = ("source", "strand")
    return (
        parts.filter(~pl.col("from_parent"))
        .group_by("contig", "key", maintain_order=True)
        .agg(
            pl.lit("CDS").alias("type"),
            *(pl.col(name).first() for name in first),
            pl.lit(None, dtype=pl.String).alias("parent"),
            pl.col("attributes").first(),
            pl.col("start").min(),
            pl.col("end").max(),
            pl.lit(1, dtype=pl.Int32).alias("rows"),
        )
    )


def _is_gene() -> pl.Expr:
    """A gene by its type (gene, ncRNA_gene, pseudogene ...) or by its ID (gene:X, gene-X)."""
    return pl.col("type").str.ends_with("gene") | pl.col("key").str.contains(r"^(?i:gene)[:-]")


def _transcripts(nodes: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """The nodes that have parts, with their genes: themselves, the parent, or the one above it."""
    owners = nodes.join(parts.select(_KEY).unique(), on=_KEY, how="semi", maintain_order="left")
    genes = nodes.select(
        "contig",
        pl.col("key").alias("gene_key"),
        pl.col("parent").alias("gene_parent"),
        pl.col("type").alias("gene_type"),
        pl.col("attributes").alias("gene_attributes"),
        _is_gene().alias("gene_is_gene"),
    )
    # A node may name several parents (rarely): the first is its gene.
    first_parent = pl.col("parent").str.split(",").list.first()
    owners = owners.with_columns(gene_key=pl.when(_is_gene()).then("key").otherwise(first_parent))
    found = owners.join(genes, on=["contig", "gene_key"], how="left", maintain_order="left")
    # A miRNA of RefSeq is the child of a primary transcript.
    above = found.filter(~pl.col("gene_is_gene") & pl.col("gene_parent").is_not_null())
    above = above.select("contig", "key", gene_key=pl.col("gene_parent")).join(
        genes.filter("gene_is_gene"), on=["contig", "gene_key"], how="inner"
    )
    found = found.join(above, on=_KEY, how="left", suffix="_above", maintain_order="left")
    columns = ("gene_key", "gene_type", "gene_attributes")
    found = found.with_columns(pl.coalesce(f"{name}_above", name).alias(name) for name in columns)
    return found.select(
        *_KEY, "type", "source", "start", "end", "strand", "attributes", "rows", *columns
    )


def _childless(nodes: pl.DataFrame, transcripts: pl.DataFrame) -> int:
    """How many children of genes have no exons, no CDS and no children of their own."""
    genes = nodes.filter(_is_gene()).select("contig", "key")
    parents = nodes.select("contig", key="parent").drop_nulls()
    return (
        nodes.join(genes, left_on=["contig", "parent"], right_on=_KEY, how="semi")
        .join(transcripts, on=_KEY, how="anti")
        .join(parents, on=_KEY, how="anti")
        .height
    )


def _selenocysteines(parts: pl.DataFrame) -> pl.DataFrame:
    """Codons read as selenocysteine: GENCODE has rows for them, RefSeq attributes of the CDS."""
    columns = ("contig", "key", "start", "end")
    rows = parts.filter(pl.col("kind") == SELENOCYSTEINE).select(columns)
    notes = decoded(attribute("transl_except")).str.extract_all(_SELENOCYSTEINE_NOTE)
    found = (
        parts.filter(
            (pl.col("kind") == CDS) & pl.col("attributes").str.contains("aa:Sec", literal=True)
        )
        .select("contig", "key", note=notes)
        .explode("note", empty_as_null=True)
        .select(
            "contig",
            "key",
            pl.col("note").str.extract(_POSITIONS, 1).cast(pl.Int64).alias("start"),
            pl.col("note").str.extract(_POSITIONS, 2).cast(pl.Int64).alias("end"),
        )
        .drop_nulls()
    )
    return pl.concat([rows, found]).unique(maintain_order=True)
