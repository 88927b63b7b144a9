"""transcripts.parquet: a row a transcript of any contig, in VEP's field names where it has one."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

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
    pa.field("APPRIS", _TEXT),
    pa.field("CCDS", _TEXT),
    # The protein's id with its version.
    pa.field("ENSP", _TEXT),
    # cds_start_NF, cds_end_NF, joined by &.
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
    # What the engines can't translate: the codons (from 1) of selenocysteines.
    pa.field("selenocysteines", pa.list_(pa.field("element", pa.int32(), nullable=False))),
]
SCHEMA = pa.schema(_FIELDS)


def write_transcripts(path: Path, batches: list[pa.RecordBatch]) -> None:
    """Write batches of SCHEMA, sorted by contig (in the bundle's order), start, end and name."""
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
