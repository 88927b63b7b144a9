"""transcripts.parquet: a row a transcript of any contig, in VEP's field names where it has one."""

from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from reference.models.blocks import Block

_TEXT = pa.string()

_FIELDS: "list[pa.Field[Any]]" = [
    # The id with its version, as HGVS names have it: ENST00000361390.2, NM_000546.6.
    pa.field("Feature", _TEXT, nullable=False),
    # The id that the engines write: with `contig` the key of a transcript.
    pa.field("stable_id", _TEXT, nullable=False),
    pa.field("Gene", _TEXT),
    pa.field("SYMBOL", _TEXT),
    pa.field("SYMBOL_SOURCE", _TEXT),
    pa.field("HGNC_ID", _TEXT),
    pa.field("BIOTYPE", _TEXT),
    pa.field("STRAND", pa.int8(), nullable=False),
    pa.field("CANONICAL", pa.bool_(), nullable=False),
    pa.field("MANE_SELECT", _TEXT),
    pa.field("MANE_PLUS_CLINICAL", _TEXT),
    pa.field("TSL", pa.int8()),
    # P1 to P5, A1, A2.
    pa.field("APPRIS", _TEXT),
    pa.field("CCDS", _TEXT),
    # The protein's id with its version.
    pa.field("ENSP", _TEXT),
    # VEP's cds_start_NF and cds_end_NF, and selenocysteine and non_ATG_start, joined by &.
    pa.field("FLAGS", _TEXT),
    pa.field("contig", _TEXT, nullable=False),
    # 1-based, both inside.
    pa.field("start", pa.int64(), nullable=False),
    pa.field("end", pa.int64(), nullable=False),
    pa.field("exon_count", pa.int32(), nullable=False),
    # Bases; 0 without a CDS.
    pa.field("cds_length", pa.int32(), nullable=False),
    pa.field("gene_biotype", _TEXT),
    # The second column of the GFF3.
    pa.field("source", _TEXT),
    # The codons (from 1) of selenocysteines, which both engines take for stop codons.
    pa.field("selenocysteines", pa.list_(pa.field("element", pa.int32(), nullable=False))),
]
SCHEMA = pa.schema(_FIELDS)


class TranscriptTable:
    """Writes the table, which is whole once it's closed."""

    def __init__(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(path, SCHEMA, compression="zstd")
        self.rows = 0

    def close(self) -> None:
        """End the file."""
        self._writer.close()

    def add(self, block: Block) -> None:
        """Write the next transcripts, by contig, start and end."""
        frame = _rows(block.transcripts)
        self.rows += len(frame)
        columns = [frame[field.name].to_arrow().cast(field.type) for field in SCHEMA]
        self._writer.write_table(pa.Table.from_arrays(columns, schema=SCHEMA))


def _rows(transcripts: pl.DataFrame) -> pl.DataFrame:
    protein_version = pl.concat_str(pl.lit("."), "protein_version").fill_null("")
    return transcripts.select(
        pl.concat_str("stable_id", pl.concat_str(pl.lit("."), "version").fill_null("")).alias(
            "Feature"
        ),
        "stable_id",
        pl.col("gene").alias("Gene"),
        pl.col("symbol").alias("SYMBOL"),
        pl.col("symbol_source").alias("SYMBOL_SOURCE"),
        pl.col("hgnc_id").alias("HGNC_ID"),
        pl.col("biotype").alias("BIOTYPE"),
        pl.col("direction").alias("STRAND"),
        pl.col("canonical").alias("CANONICAL"),
        pl.col("mane_select").alias("MANE_SELECT"),
        pl.col("mane_plus_clinical").alias("MANE_PLUS_CLINICAL"),
        pl.col("tsl").alias("TSL"),
        pl.col("appris")
        .str.replace("principal", "P")
        .str.replace("alternative", "A")
        .alias("APPRIS"),
        pl.col("ccds").alias("CCDS"),
        pl.concat_str("protein", protein_version).alias("ENSP"),
        pl.col("flags").alias("FLAGS"),
        "contig",
        "start",
        "end",
        "exon_count",
        pl.col("cds_length").fill_null(0),
        "gene_biotype",
        "source",
        "selenocysteines",
    )
