"""Writes variants.parquet: the rows of parts in, row groups of bounded size out.

Rows come in the order of the file, so that in a sorted file the statistics of a row group tell
which positions it holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from runtime.annotator.allele_counts import allele_counts
from runtime.annotator.alleles import Skip
from runtime.annotator.background import Background
from runtime.annotator.bundle import Bundle
from runtime.annotator.columns import numbers, of_alleles, texts
from runtime.annotator.effects import PREDICTIONS
from runtime.annotator.merge import RecordColumns
from runtime.annotator.rows import Rows, few_transcripts
from runtime.annotator.schema import COUNTS, FREQUENCY, schema
from runtime.annotator.transcript_table import OF_TRANSCRIPT

ROW_GROUP_ROWS = 100_000

_UNLIKE = ("HGVSc", "HGVSp", "cDNA_position", "CDS_position")
"""Columns that a dictionary of their values doesn't make smaller."""

_PLAIN = (*_UNLIKE, "Protein_position", "Amino_acids", "Codons", *PREDICTIONS)
"""Text columns that are given as they are; the others are given as dictionaries."""

_TEXTS = (pa.string(), pa.large_string(), pa.string_view())

_DICTIONARY = pa.dictionary(pa.int32(), pa.string())

if TYPE_CHECKING:
    Column = pa.Array[Any]


class VariantsWriter:
    """Writes the table, in another thread. Use as a context manager.

    Args:
        path: the file.
        bundle: the reference.
        metadata: goes into the file's metadata.
    """

    def __init__(self, path: Path, bundle: Bundle, metadata: Mapping[str, str]) -> None:
        self._bundle = bundle
        self._contigs = {name.decode(): each.name for name, each in bundle.contigs.items()}
        columns = schema(bundle)
        self._types = {field.name: _given(field) for field in columns}
        # pyarrow-stubs knows a bool alone.
        repeated: Any = [name for name in self._types if name not in _UNLIKE]
        self._writer = pq.ParquetWriter(
            path,
            pa.schema(list(self._types.items())),
            # Without it the file says text of a dictionary, as it is meant.
            store_schema=False,
            use_dictionary=repeated,
        )
        self._writer.add_key_value_metadata(dict(metadata))
        self._background = Background("parquet", self._writer.close)
        self._records = self._variants = 0

    def __enter__(self) -> Self:
        self._background.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self._background.__exit__(kind, *rest)

    def add(self, rows: Rows, columns: RecordColumns) -> None:
        """Append the rows of a part; `columns` are of its records."""
        self._background.submit(lambda: self._write(rows, columns))

    def _write(self, rows: Rows, columns: RecordColumns) -> None:
        expanded = _expanded(rows)
        records, alleles = expanded.records.to_arrow(), expanded.effects["allele"].to_arrow()
        variants = _numbered(expanded) + self._variants
        found = {
            "variant": variants.to_arrow(),
            "record": pc.add(records.cast(pa.int64()), self._records + 1),
            "id": _spread(texts(columns.ids).to_arrow(), records),
            "quality": numbers(columns.qualities).to_arrow().take(records),
            "filter": _spread(texts(columns.filters).to_arrow(), records),
            **_of_records(columns, rows, expanded),
            **self._of_alleles(rows.alleles, alleles),
            **self._of_effects(expanded.effects),
        }
        table = pa.table({name: found[name].cast(kind) for name, kind in self._types.items()})
        self._writer.write_table(table, row_group_size=ROW_GROUP_ROWS)
        self._records += len(rows.part.groups)
        self._variants = variants[-1] if len(variants) else self._variants

    def _of_alleles(self, alleles: pl.DataFrame, places: "Column") -> "dict[str, Column]":
        own = alleles.select(
            pl.col("chrom").replace(self._contigs).alias("contig"),
            "position",
            "ref",
            pl.when(pl.col("alt") != ".").then("alt").alias("alt"),
            pl.col("number").alias("allele"),
            pl.col("skip").alias("not_annotated"),
            "HGVSg",
            "VARIANT_CLASS",
            *(pl.col(field.tag).alias(field.column) for field in self._bundle.fields),
        )
        return {name: _spread(own[name].to_arrow(), places) for name in own.columns}

    def _of_effects(self, effects: pl.DataFrame) -> "dict[str, Column]":
        few, places_ = few_transcripts(self._bundle, effects["transcript"])
        places = places_.to_arrow()
        found = {name: _spread(few[name].to_arrow(), places) for name in OF_TRANSCRIPT}
        kind = pl.Series(["Transcript"] * len(few), dtype=pl.String)
        found["Feature_type"] = _spread(kind.to_arrow(), places)
        for name in ("Consequence", "IMPACT", "EXON", "INTRON", "most_severe_consequence"):
            found[name] = _as_dictionary(effects[name])
        for name in (*_PLAIN, "PICK", "most_severe"):
            found[name] = effects[name].to_arrow(compat_level=pl.CompatLevel.oldest())
        found["protein_start"] = _first_number(effects["Protein_position"]).to_arrow()
        return found


@dataclass(frozen=True)
class _Expanded:
    """Rows of each record in turn: its number in the part, from 0, and the effects."""

    records: pl.Series
    effects: pl.DataFrame


def _given(field: "pa.Field[Any]") -> pa.DataType:
    """The type that a column is given in."""
    return _DICTIONARY if field.type == pa.string() and field.name not in _PLAIN else field.type


def _expanded(rows: Rows) -> _Expanded:
    """The rows of each record, but for those of unspecified alleles."""
    expanded = _all_expanded(rows)
    unspecified = rows.alleles["skip"].eq_missing(Skip.UNSPECIFIED.value)
    if not unspecified.any():
        return expanded
    kept = ~unspecified.gather(expanded.effects["allele"])
    return _Expanded(expanded.records.filter(kept), expanded.effects.filter(kept))


def _numbered(expanded: _Expanded) -> pl.Series:
    """Number the alleles of the rows from 1: those of an allele lie together."""
    keys = pl.DataFrame({"record": expanded.records, "allele": expanded.effects["allele"]})
    return keys.select(pl.struct("record", "allele").rle_id().cast(pl.Int64) + 1).to_series()


def _all_expanded(rows: Rows) -> _Expanded:
    """The rows of a group for each of its records."""
    groups, effects = rows.part.groups, rows.effects
    of_effects = rows.alleles["group"].gather(effects["allele"])
    if len(groups) == rows.part.group_count:
        return _Expanded(of_effects, effects)
    counts = of_effects.rle().struct.field("len")
    ends = counts.cum_sum()
    places = (
        pl.select(pl.int_ranges((ends - counts).gather(groups), ends.gather(groups)).alias("row"))
        .with_row_index("record")
        .explode("row", empty_as_null=True)
    )
    return _Expanded(places["record"], effects[places["row"]])


def _spread(values: "Column", places: "Column") -> "Column":
    """Values by their places; text as a dictionary."""
    if values.type in _TEXTS:
        values = values.cast(pa.string()).dictionary_encode()
    return values.take(places)


def _as_dictionary(values: pl.Series) -> "Column":
    """A column of few kinds as a dictionary of those that occur, in the order of the rows.

    The order of their codes depends on what the process has annotated before.
    """
    kinds = values.unique(maintain_order=True).drop_nulls()
    codes = values.to_physical().replace_strict(
        kinds.to_physical(),
        pl.int_range(len(kinds), dtype=pl.Int32, eager=True),
        default=None,
        return_dtype=pl.Int32,
    )
    words = kinds.cast(pl.String).to_arrow().cast(pa.string())
    return pa.DictionaryArray.from_arrays(codes.to_arrow(), words)


def _first_number(positions: pl.Series) -> pl.Series:
    """The first number of texts such as 404, 10-12 and ?-5."""
    found = positions.cast(pl.Int32, strict=False)
    odd = (found.is_null() & positions.is_not_null()).arg_true()
    numbers_ = positions.gather(odd).str.extract(r"(\d+)").cast(pl.Int32)
    return found.scatter(odd, numbers_)


def _of_records(columns: RecordColumns, rows: Rows, expanded: _Expanded) -> "dict[str, Column]":
    """What the records say of each row's allele: INFO/AF, and the counts over the samples.

    AF is null where it isn't a number for each ALT allele.
    """
    count = len(expanded.records)
    found: dict[str, Column] = {
        FREQUENCY: pa.nulls(count, pa.float64()),
        **dict.fromkeys(COUNTS, pa.nulls(count, pa.int32())),
    }
    of_groups = rows.alleles.group_by("group", maintain_order=True).agg(pl.len().alias("count"))
    alternates = of_groups["count"].gather(rows.part.groups)
    numbers_ = rows.alleles["number"].gather(expanded.effects["allele"])
    frequencies = columns.frequencies
    if frequencies.null_count() < len(frequencies):
        several = frequencies.str.count_matches(",", literal=True) + 1
        lists = pl.select(pl.when(several == alternates).then(frequencies.str.split(",")))
        own = of_alleles(lists.to_series(), expanded.records, numbers_)
        found[FREQUENCY] = own.cast(pl.Float64, strict=False).to_arrow()
    if columns.samples:
        counts = allele_counts(columns.samples, alternates)
        values = (
            counts.called.gather(expanded.records),
            of_alleles(counts.found, expanded.records, numbers_),
            of_alleles(counts.homozygous, expanded.records, numbers_),
        )
        found |= {name: each.to_arrow() for name, each in zip(COUNTS, values, strict=True)}
    return found
