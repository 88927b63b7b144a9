"""Models and their bases -> the rows of vepyr's tables."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa

from reference.models.blocks import Block
from reference.vep import schemas

if TYPE_CHECKING:
    Column = pa.Array[Any]
    Field = pa.Field[Any]

# Columns of the models under the names that the cache has for them.
_TRANSCRIPT_COLUMNS = {
    "chrom": "contig",
    "strand": "direction",
    "is_canonical": "canonical",
    "gene_stable_id": "gene",
    "gene_symbol": "symbol",
    "gene_symbol_source": "symbol_source",
    "gene_hgnc_id": "hgnc_id",
    "gene_hgnc_id_native": "hgnc_id",
    "is_gencode_basic": "gencode_basic",
    "is_gencode_primary": "gencode_primary",
    "cdna_coding_start": "coding_start",
    "cdna_coding_end": "coding_end",
    "translation_stable_id": "protein",
    "cds_start_nf": "start_incomplete",
    "cds_end_nf": "end_incomplete",
    "flags_str": "flags",
}


def exon_phases(block: Block) -> pl.DataFrame:
    """The exons with Ensembl's phases: the place in a codon of the first base, and of the next.

    -1 where the exon's edge isn't coding, so too where a UTR follows the CDS in the next exon.
    https://www.ensembl.org/info/docs/api/core/core_tutorial.html (exons, "phase")
    """
    coding = block.transcripts.select(
        "t", "contig", "direction", "stable_id", "gene", "coding_start", "coding_end", "phase"
    )
    total = pl.col("cdna_end").max().over("t")
    starts = pl.col("cdna_start").is_between("coding_start", "coding_end")
    ends = pl.col("cdna_end").is_between("coding_start", "coding_end")
    utr_follows = (pl.col("cdna_end") == pl.col("coding_end")) & (pl.col("cdna_end") < total)
    offset = pl.col("phase") - pl.col("coding_start")
    joined = block.exons.join(coding, on="t", maintain_order="left")
    return joined.with_columns(
        phase=pl.when(starts).then((pl.col("cdna_start") + offset) % 3).otherwise(-1).cast(pl.Int8),
        end_phase=pl.when(ends & ~utr_follows)
        .then((pl.col("cdna_end") + offset + 1) % 3)
        .otherwise(-1)
        .cast(pl.Int8),
    )


def transcript_table(
    block: Block, exons: pl.DataFrame, *, first_uid: int, origin: Mapping[str, str]
) -> pa.Table:
    """The rows of some transcripts.

    Args:
        block: the transcripts.
        exons: theirs, of `exon_phases`.
        first_uid: the number of the first one in the cache.
        origin: what the columns about the cache itself hold.
    """
    transcripts = _named_proteins(block.transcripts)
    given = _taken(transcripts, schemas.TRANSCRIPT, _TRANSCRIPT_COLUMNS)
    count = len(transcripts)
    offsets = pa.array([0, *transcripts["exon_count"].cum_sum()], pa.int32())
    places = {name: exons[name].to_arrow() for name in ("start", "end", "phase", "direction")}
    arrays = {
        **given,
        **_sequences(block),
        "exons": _lists(
            offsets, schemas.EXON_FIELDS, [places[n] for n in ("start", "end", "phase")]
        ),
        "cdna_mapper_segments": _lists(
            offsets,
            schemas.SEGMENT_FIELDS,
            [
                places["start"],
                places["end"],
                exons["cdna_start"].to_arrow(),
                exons["cdna_end"].to_arrow(),
                places["direction"],
            ],
        ),
        "gene_phenotype": pa.array([False] * count),
        "has_non_polya_rna_edit": pa.array([False] * count),
        "transcript_uid": pa.array(range(first_uid, first_uid + count), pa.uint32()),
    }
    return _table(schemas.TRANSCRIPT, arrays, count, origin)


def exon_table(exons: pl.DataFrame, origin: Mapping[str, str]) -> pa.Table:
    """The rows of exons of `exon_phases`, by transcript and start as vepyr has them."""
    names = {
        "chrom": "contig",
        "strand": "direction",
        "stable_id": "id",
        "transcript_id": "stable_id",
        "gene_stable_id": "gene",
        "exon_number": "number",
    }
    ordered = exons.sort("stable_id", "start")
    return _table(schemas.EXON, _taken(ordered, schemas.EXON, names), len(ordered), origin)


def translation_table(block: Block) -> pa.Table:
    """The rows of the transcripts that have a CDS."""
    frame = _named_proteins(block.transcripts.filter(pl.col("coding_start").is_not_null()))
    peptides = pa.array([each.residues for each in block.proteins if each], pa.string())
    sequences = pa.array([each.coding.decode() for each in block.bases if each.coding], pa.string())
    names = {
        "transcript_id": "stable_id",
        "stable_id": "protein",
        "version": "protein_version",
        "cds_len": "cds_length",
    }
    arrays = {
        **_taken(frame, schemas.TRANSLATION, names),
        "translation_seq": peptides,
        "translation_seq_canonical": peptides,
        "cds_sequence": sequences,
        "cds_sequence_canonical": sequences,
    }
    return _table(schemas.TRANSLATION, arrays, len(frame), {})


def _named_proteins(transcripts: pl.DataFrame) -> pl.DataFrame:
    """vepyr leaves out the protein's change where a CDS has no protein id: so it has one."""
    named = pl.when(pl.col("coding_start").is_not_null()).then(pl.coalesce("protein", "stable_id"))
    return transcripts.with_columns(protein=named)


def _sequences(block: Block) -> dict[str, "Column"]:
    bases = block.bases

    def texts(values: list[bytes]) -> "Column":
        return pa.array([value.decode() or None for value in values], pa.string())

    coding = texts([each.coding for each in bases])
    return {
        "cdna_seq": coding,
        "translateable_seq": coding,
        "peptide_seq": pa.array(
            [each.residues if each else None for each in block.proteins], pa.string()
        ),
        "five_prime_utr_seq": texts([each.five_prime for each in bases]),
        "three_prime_utr_seq": texts([each.three_prime for each in bases]),
        "spliced_seq": texts([b"" if each.coding else each.spliced for each in bases]),
    }


def _lists(offsets: "Column", fields: "list[Field]", columns: "list[Column]") -> "Column":
    values = [column.cast(field.type) for column, field in zip(columns, fields, strict=True)]
    structs: Column = pa.StructArray.from_arrays(values, fields=fields)
    lists: Column = pa.ListArray.from_arrays(offsets, structs)  # type: ignore[call-overload]  # the stubs know no lists of structs
    return lists


def _taken(
    frame: pl.DataFrame, schema: pa.Schema, renamed: Mapping[str, str]
) -> dict[str, "Column"]:
    """The columns of a frame that a table has, under the table's names."""
    names = {field.name: renamed.get(field.name, field.name) for field in schema}
    return {
        name: frame[own].to_arrow().cast(schema.field(name).type)
        for name, own in names.items()
        if own in frame.columns and not isinstance(frame.schema[own], pl.List)
    }


def _table(
    schema: pa.Schema, arrays: Mapping[str, "Column"], count: int, origin: Mapping[str, str]
) -> pa.Table:
    def column(field: "Field") -> "Column":
        if field.name in arrays:
            return arrays[field.name]
        same: Column = pa.array([origin.get(field.name)] * count, field.type)
        return same

    return pa.Table.from_arrays([column(field) for field in schema], schema=schema)
