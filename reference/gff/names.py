"""What Ensembl, GENCODE and RefSeq call things in GFF3 -> VEP's terms.

Ensembl: ID=gene:X, biotype, version, description with [Source:HGNC Symbol;Acc:HGNC:5]. GENCODE:
gene_type, ids with versions, hgnc_id, tags of all kinds. RefSeq (rows with gbkey): Dbxref, gene,
transcript_id, gene_biotype; its ids keep their versions.
"""

import polars as pl

from reference.gff.attributes import (
    attribute,
    cross_reference,
    decoded,
    local_name,
    tags,
    version_in,
    whole_number,
    without_version,
)
from reference.gff.features import CDS, Features

_KEY = ["contig", "key"]

# Types of transcripts in files that name no biotype, in Ensembl's terms.
_BIOTYPES = {
    "mRNA": "protein_coding",
    "CDS": "protein_coding",
    "lnc_RNA": "lncRNA",
    "ncRNA": "misc_RNA",
    "transcript": "misc_RNA",
    "primary_transcript": "misc_RNA",
    "pseudogenic_transcript": "pseudogene",
}
# RefSeq's biotypes of genes, for a gene that is its own transcript.
_GENE_BIOTYPES = {"ncRNA": "misc_RNA", "transcribed_pseudogene": "transcribed_pseudogene"}
_SYMBOL_SOURCES = {
    "HGNC Symbol": "HGNC",
    "NCBI gene (formerly Entrezgene)": "EntrezGene",
    "NCBI gene": "EntrezGene",
}
# GENCODE's tags, and what VEP's cache calls them.
_APPRIS = r"^appris_(principal|alternative)(?:_(\d))?$"


def name_transcripts(features: Features) -> pl.DataFrame:
    """A row a transcript: `contig`, `key`, place, and what VEP shows of it.

    stable_id is what engines write as Feature. A RefSeq model that lies on a contig twice (RefSeq
    tells its places apart in the ID alone) has its ID as stable_id in the second place. exception
    is RefSeq's word for what isn't usual about a transcript or its CDS, else empty.
    """
    proteins = _proteins(features.parts)
    named = (
        _named(features.transcripts)
        .join(_gene_names(features.transcripts), on=_KEY, how="left", maintain_order="left")
        .join(proteins, on=_KEY, how="left", maintain_order="left")
    )
    first = pl.int_range(pl.len()).over("contig", "stable_id") == 0
    return named.with_columns(
        stable_id=pl.when(first).then("stable_id").otherwise(local_name(pl.col("key"))),
        # A CDS whose ID repeats its transcript's has no protein id.
        protein=pl.when(pl.col("protein") != pl.col("stable_id")).then("protein"),
        ccds=pl.coalesce("ccds", "protein_ccds"),
        start_incomplete=pl.col("start_incomplete") | pl.col("cds_start_open").fill_null(False),
        end_incomplete=pl.col("end_incomplete") | pl.col("cds_end_open").fill_null(False),
        exception=pl.concat_str("exception", "cds_exception", separator=" ", ignore_nulls=True),
    ).drop("protein_ccds", "cds_start_open", "cds_end_open", "cds_exception")


def _named(transcripts: pl.DataFrame) -> pl.DataFrame:
    given = pl.coalesce(attribute("transcript_id"), local_name(pl.col("key")))
    listed = tags()
    select = listed.list.contains("MANE_Select")
    partner = cross_reference("Ensembl")
    appris = listed.list.eval(pl.element().filter(pl.element().str.contains(_APPRIS))).list.first()
    return transcripts.select(
        *_KEY,
        "start",
        "end",
        "strand",
        "source",
        "rows",
        stable_id=without_version(given),
        version=whole_number(pl.coalesce(attribute("version"), version_in(given))),
        biotype=_biotype(),
        tsl=whole_number(attribute("transcript_support_level").str.extract(r"^(\d)")),
        ccds=attribute("ccdsid"),
        canonical=listed.list.contains("Ensembl_canonical")
        | listed.list.contains("RefSeq_Select")
        | select,
        # Ensembl's GFF3 says that a model is MANE Select, not which RefSeq transcript it equals.
        mane_select=pl.when(select).then(pl.coalesce(partner, pl.lit("MANE_Select"))),
        mane_plus_clinical=pl.when(listed.list.contains("MANE_Plus_Clinical")).then(
            pl.coalesce(partner, pl.lit("MANE_Plus_Clinical"))
        ),
        appris=pl.concat_str(
            appris.str.extract(_APPRIS, 1), appris.str.extract(_APPRIS, 2).fill_null("")
        ),
        gencode_basic=listed.list.contains("basic") | listed.list.contains("gencode_basic"),
        gencode_primary=listed.list.contains("gencode_primary"),
        start_incomplete=listed.list.contains("cds_start_NF"),
        end_incomplete=listed.list.contains("cds_end_NF"),
        exception=decoded(attribute("exception")),
    )


def _biotype() -> pl.Expr:
    stated = [attribute(name) for name in ("biotype", "transcript_type", "transcript_biotype")]
    of_gene = _in_gene("gene_biotype").replace(_GENE_BIOTYPES)
    by_type = pl.col("type").replace(_BIOTYPES)
    # RefSeq: a gene with exons or CDS of its own, and models of pseudogenes and gene segments.
    general = pl.col("type").str.ends_with("gene") | pl.col("type").str.ends_with("gene_segment")
    return pl.coalesce(*stated, pl.when(general).then(of_gene), by_type)


def _in_gene(name: str) -> pl.Expr:
    """An attribute of the gene's row."""
    pattern = rf"(?:^|;)\s*{name}=([^;]+)"
    return pl.col("gene_attributes").str.extract(pattern).str.strip_chars()


def _gene_names(transcripts: pl.DataFrame) -> pl.DataFrame:
    has_gene = pl.col("gene_attributes").is_not_null()
    genes = transcripts.select(
        *_KEY,
        has_gene.alias("has_gene"),
        gene_key=pl.coalesce("gene_key", "key"),
        attributes=pl.coalesce("gene_attributes", "attributes"),
    )
    refseq = attribute("gbkey").is_not_null()
    name = local_name(pl.coalesce(attribute("gene_id"), pl.col("gene_key")))
    stated = decoded(
        pl.coalesce(
            attribute("gene_name"),
            attribute("gene"),
            attribute("locus"),
            pl.when("has_gene").then(attribute("Name")),
        )
    )
    # A gene without a symbol often has its id for a name; RefSeq's ids are made of symbols.
    symbol = pl.when(refseq | (local_name(stated) != name)).then(stated)
    described = decoded(attribute("description"))
    source = described.str.extract(r"\[Source:([^;\]]+)").replace(_SYMBOL_SOURCES)
    hgnc = pl.coalesce(
        attribute("hgnc_id"),
        described.str.extract(r"Acc:(HGNC:\d+)"),
        cross_reference("HGNC"),
    )
    return genes.select(
        *_KEY,
        gene=pl.coalesce(pl.when(refseq).then(cross_reference("GeneID")), without_version(name)),
        symbol=symbol,
        symbol_source=pl.when(symbol.is_not_null()).then(
            pl.when(refseq)
            .then(pl.lit("EntrezGene"))
            .otherwise(pl.coalesce(source, pl.when(hgnc.is_not_null()).then(pl.lit("HGNC"))))
        ),
        hgnc_id=hgnc,
        gene_biotype=pl.coalesce(
            attribute("gene_biotype"), attribute("biotype"), attribute("gene_type")
        ),
    )


def _proteins(parts: pl.DataFrame) -> pl.DataFrame:
    """What the CDS rows of a transcript say of its protein, and of ends that aren't known.

    RefSeq: `start_range=.,100` at the lower end, `end_range=200,.` at the higher one.
    """
    given = pl.coalesce(attribute("protein_id"), local_name(pl.col("id")))
    lower, higher = attribute("start_range").is_not_null(), attribute("end_range").is_not_null()
    plus = pl.col("strand") == "+"
    return (
        parts.filter(pl.col("kind") == CDS)
        .select(
            *_KEY,
            protein=without_version(given),
            protein_version=whole_number(pl.coalesce(attribute("version"), version_in(given))),
            protein_ccds=cross_reference("CCDS"),
            cds_start_open=pl.when(plus).then(lower).otherwise(higher),
            cds_end_open=pl.when(plus).then(higher).otherwise(lower),
            cds_exception=decoded(attribute("exception")),
        )
        .group_by(_KEY, maintain_order=True)
        .agg(
            pl.col("protein", "protein_version", "protein_ccds", "cds_exception")
            .drop_nulls()
            .first(),
            pl.col("cds_start_open", "cds_end_open").any(),
        )
    )
