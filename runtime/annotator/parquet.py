"""variants.parquet: a row for each allele of each record and each of its effects.

Rows come in the order of the file, in row groups of bounded size, so that in a sorted file the
statistics of a row group tell which positions it holds.
"""

from array import array
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from runtime.annotator.arrow import numbers, texts
from runtime.annotator.bundle import Bundle
from runtime.annotator.limits import MIB
from runtime.annotator.variants import Allele

ROW_GROUP_ROWS = 100_000
ROW_GROUP_BYTES = 64 * MIB

_OF_RECORD: dict[str, pa.DataType] = {
    "record": pa.int64(),
    "id": pa.string(),
    "quality": pa.float64(),
    "filter": pa.string(),
}
"""Columns whose value is the record's own; `record` counts the file's records from 1."""

_OF_ALLELE: dict[str, pa.DataType] = {
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
"""Columns whose value is the same wherever the same allele is, and the tracks' fields."""

_AF = r"(?:^|;)AF=(?P<values>[^;]*)"
_FREQUENCY = "allele_frequency"

_FIRST = ("record", "contig", "position", "id", "ref", "alt", "allele", "variant_class")
_LAST = ("not_annotated", "quality", "filter", _FREQUENCY)


def schema(bundle: Bundle) -> pa.Schema:
    """Return the columns of the table; those of the bundle's tracks come after the effect's."""
    types = {**_OF_RECORD, **_OF_ALLELE, _FREQUENCY: pa.float64()}
    types |= {field.column: pa.string() for field in bundle.fields}
    middle = [name for name in _OF_ALLELE if name not in (*_FIRST, *_LAST)]
    middle += [field.column for field in bundle.fields]
    return pa.schema([(name, types[name]) for name in (*_FIRST, *middle, *_LAST)])


class Kept:
    """Rows of a record's alleles, kept for each record that has the same.

    Attributes:
        group: the row group for which they are kept.
        first: the first of the rows.
        alleles: for each of the rows the allele, from 0.
        count: alleles of the record.
    """

    __slots__ = ("alleles", "count", "first", "group")

    def __init__(self, group: int, first: int, alleles: list[int], count: int) -> None:
        self.group = group
        self.first = first
        self.alleles = alleles
        self.count = count


class Records(NamedTuple):
    """Columns of some records as they are in the VCF; `number` counts from 1."""

    number: range
    identifier: Sequence[bytes]
    quality: Sequence[bytes]
    filter: Sequence[bytes]
    info: Sequence[bytes]


class ParquetWriter:
    """Writes the table. Use as a context manager.

    What the same alleles at the same place have in common is handed over once, by `keep`, and then
    used for each record, by `add`, until the row group is full: then it must be kept again.

    Attributes:
        group: grows by one with each row group.
    """

    def __init__(self, path: Path, bundle: Bundle, metadata: dict[str, str]) -> None:
        self._schema = schema(bundle).with_metadata(metadata)
        self._kept_columns = [*_OF_ALLELE, *(field.column for field in bundle.fields)]
        self._writer = pq.ParquetWriter(path, self._schema)
        self.group = 0
        self._clear()

    def _clear(self) -> None:
        self._kept: list[tuple[Any, ...]] = []
        self._kept_bytes = 0
        self._kept_rows = array("q")
        self._of_records: list[pa.Table] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._flush()
        self._writer.close()

    def keep(self, contig: str, position: int, ref: str, alleles: list[Allele]) -> Kept:
        """Hand over what the alleles of a record have to say."""
        first = len(self._kept)
        of_rows = []
        for number, alt, kind, effects, fields, not_annotated in alleles:
            common = (contig, position, ref, alt, number, kind, not_annotated)
            self._kept += [(*common, *effect, *fields) for effect in effects]
            of_rows += [number - 1] * len(effects)
            self._kept_bytes += 200 + 3 * (len(ref) + len(alt or ""))
        return Kept(self.group, first, of_rows, len(alleles))

    def add(self, records: Records, kept: list[Kept]) -> None:
        """Add the rows of some records; `kept` is what `keep` gave for each, in this row group."""
        for each in kept:
            self._kept_rows.extend(range(each.first, each.first + len(each.alleles)))
        self._of_records.append(_of_records(records, kept))
        if len(self._kept_rows) >= ROW_GROUP_ROWS or self._kept_bytes >= ROW_GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._kept_rows:
            self._writer.write_table(self._table(), row_group_size=len(self._kept_rows))
        self.group += 1
        self._clear()

    def _table(self) -> pa.Table:
        of_records = pa.concat_tables(self._of_records)
        columns = {name: of_records.column(name) for name in of_records.column_names}
        rows = pa.array(self._kept_rows, pa.int64())
        for name, values in zip(self._kept_columns, zip(*self._kept, strict=True), strict=True):
            kind: Any = self._schema.field(name).type
            columns[name] = pa.chunked_array([pa.array(values, type=kind).take(rows)])
        arrays = [columns[name] for name in self._schema.names]
        return pa.Table.from_arrays(arrays, schema=self._schema)


def _of_records(records: Records, kept: list[Kept]) -> pa.Table:
    """The columns that are the record's own, a row for each row of the record."""
    table = pa.table(
        {
            "record": pa.array(records.number, pa.int64()),
            "id": texts(pa.array(records.identifier, pa.binary())),
            "quality": numbers(pa.array(records.quality, pa.binary())),
            "filter": texts(pa.array(records.filter, pa.binary())),
            _FREQUENCY: pa.nulls(len(kept), pa.float64()),
        }
    )
    rows = [at for at, each in enumerate(kept) for _ in each.alleles]
    frequencies = _frequencies(records.info, kept)
    if len(rows) != len(kept):
        table = table.take(pa.array(rows, pa.int64()))
    return table.set_column(4, _FREQUENCY, frequencies)


def _frequencies(info: Sequence[bytes], kept: list[Kept]) -> "pa.Array[Any]":
    """INFO/AF of each row's allele; null where AF isn't a number for each ALT allele."""
    found = pc.extract_regex(pa.array(info, pa.binary()), _AF).field(0)
    if all(each.count == 1 == len(each.alleles) for each in kept):
        return numbers(found)
    values: list[bytes | None] = []
    for text, each in zip(found.to_pylist(), kept, strict=True):
        parts = text.split(b",") if text is not None else []
        fits = len(parts) == each.count
        values += [parts[allele] if fits else None for allele in each.alleles]
    return numbers(pa.array(values, pa.binary()))
