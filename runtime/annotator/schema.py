"""Columns of variants.parquet."""

import pyarrow as pa

from runtime.annotator.bundle import Bundle

FREQUENCY = "allele_frequency"

OF_RECORD: dict[str, pa.DataType] = {
    "record": pa.int64(),
    "id": pa.string(),
    "quality": pa.float64(),
    "filter": pa.string(),
}
"""Columns whose value is the record's own; `record` counts the file's records from 1."""

OF_ALLELE: dict[str, pa.DataType] = {
    "contig": pa.string(),
    "position": pa.int64(),
    "ref": pa.string(),
    "alt": pa.string(),
    "allele": pa.int32(),
    "variant_class": pa.string(),
    "not_annotated": pa.string(),
    "gene": pa.string(),
    "transcript": pa.string(),
    "biotype": pa.string(),
    "consequence": pa.string(),
    "impact": pa.string(),
    "strand": pa.int8(),
    "coding_change": pa.string(),
    "protein_change": pa.string(),
    "protein_position": pa.int32(),
    "amino_acids": pa.string(),
}
"""Columns whose value is the same wherever the same allele is; the tracks' fields are such too."""

_FIRST = ("record", "contig", "position", "id", "ref", "alt", "allele", "variant_class")
_LAST = ("not_annotated", "quality", "filter", FREQUENCY)


def schema(bundle: Bundle) -> pa.Schema:
    """Return the columns of the table; those of the bundle's tracks come after the effect's."""
    types = {**OF_RECORD, **OF_ALLELE, FREQUENCY: pa.float64()}
    types |= {field.column: pa.string() for field in bundle.fields}
    middle = [name for name in OF_ALLELE if name not in (*_FIRST, *_LAST)]
    middle += [field.column for field in bundle.fields]
    return pa.schema([(name, types[name]) for name in (*_FIRST, *middle, *_LAST)])
