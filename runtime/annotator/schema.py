"""Columns of variants.parquet: the same, in the same order, whatever the file.

`runtime/common/output_fields.toml` lists and describes them.
"""

from collections.abc import Iterable

import pyarrow as pa

from runtime.annotator.bundle import Bundle
from runtime.annotator.effects import PREDICTIONS
from runtime.common.output_fields import OutputField, output_fields

FREQUENCY = "allele_frequency"

COUNTS = ("sample_AN", "sample_AC", "sample_nhomalt")
"""Counts over the samples of the file, see allele_counts; null in a file without genotypes."""


_TYPES: dict[str | None, pa.DataType] = {
    "bool": pa.bool_(),
    "int8": pa.int8(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "double": pa.float64(),
    "string": pa.string(),
}


def typed(fields: Iterable[OutputField]) -> list[tuple[str, pa.DataType]]:
    """Return names and types of columns, in order."""
    return [(field.name, _TYPES[field.type]) for field in fields]


def schema(bundle: Bundle) -> pa.Schema:
    """Return the columns of the table; those of the bundle's tracks come last."""
    left_out = () if bundle.predictions else PREDICTIONS
    listed = (*output_fields().allele, *output_fields().effect)
    types = dict(typed(field for field in listed if field.name not in left_out))
    types |= {field.column: pa.string() for field in bundle.fields}
    return pa.schema(list(types.items()))
