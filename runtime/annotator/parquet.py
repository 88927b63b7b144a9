"""Writes variants.parquet: the rows of batches in, row groups of bounded size out.

Rows come in the order of the file, so that in a sorted file the statistics of a row group tell
which positions it holds.
"""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from runtime.annotator.arrow import numbers, texts
from runtime.annotator.bundle import Bundle
from runtime.annotator.effects import OF_TRANSCRIPT
from runtime.annotator.merge import RecordColumns
from runtime.annotator.schema import FREQUENCY, schema

ROW_GROUP_ROWS = 100_000


class VariantsWriter:
    """Writes the table, in another thread. Use as a context manager.

    Args:
        path: the file.
        bundle: the reference.
        metadata: goes into the file's metadata.
    """

    def __init__(self, path: Path, bundle: Bundle, metadata: Mapping[str, str]) -> None:
        self._schema = schema(bundle)
        self._bundle = bundle
        self._contigs = {name.decode(): each.name for name, each in bundle.contigs.items()}
        self._writer = pq.ParquetWriter(path, self._schema.with_metadata(dict(metadata)))
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="parquet")
        self._writing: Future[None] | None = None
        self._records = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._wait()
        finally:
            self._pool.shutdown()
            self._writer.close()

    def add(
        self,
        groups: pl.Series,
        rows: pl.DataFrame,
        tracks: pl.DataFrame,
        columns: RecordColumns,
    ) -> None:
        """Append the rows of a batch.

        Args:
            groups: the group of each record.
            rows: see rows.rows_of.
            tracks: see additions.additions.
            columns: of the records.
        """
        self._wait()
        self._writing = self._pool.submit(self._write, groups, rows, tracks, columns)

    def _wait(self) -> None:
        if self._writing is not None:
            self._writing.result()

    def _write(
        self,
        groups: pl.Series,
        rows: pl.DataFrame,
        tracks: pl.DataFrame,
        columns: RecordColumns,
    ) -> None:
        of_record = _by_record(groups, rows)
        places = of_record["_record"].to_arrow()
        own = {
            "record": pc.add(places.cast(pa.int64()), self._records + 1),
            "id": texts(pa.array(columns.ids, pa.binary())).take(places),
            "quality": numbers(pa.array(columns.qualities, pa.binary())).take(places),
            "filter": texts(pa.array(columns.filters, pa.binary())).take(places),
            FREQUENCY: _frequencies(columns, of_record, places),
        }
        found = self._with_transcripts(of_record, tracks)
        arrays = [
            own[name] if name in own else found[name].to_arrow().cast(self._schema.field(name).type)
            for name in self._schema.names
        ]
        table = pa.Table.from_arrays(arrays, schema=self._schema)
        self._writer.write_table(table, row_group_size=ROW_GROUP_ROWS)
        self._records += len(groups)

    def _with_transcripts(self, rows: pl.DataFrame, tracks: pl.DataFrame) -> pl.DataFrame:
        transcripts = self._bundle.transcripts
        places = rows["transcript"]
        constant = [transcripts[name].gather(places).alias(name) for name in OF_TRANSCRIPT]
        kind = pl.when(pl.col("transcript").is_not_null()).then(pl.lit("Transcript"))
        found = rows.with_columns(
            *constant,
            kind.alias("Feature_type"),
            pl.col("chrom").replace(self._contigs).alias("contig"),
            pl.col("number").alias("allele"),
            pl.col("skip").alias("not_annotated"),
            pl.when(pl.col("alt") != ".").then("alt").alias("alt"),
            pl.col("Protein_position").str.extract(r"(\d+)").cast(pl.Int32).alias("protein_start"),
        )
        by_allele = tracks.rename({field.tag: field.column for field in self._bundle.fields})
        return found.join(by_allele, on=["group", "number"], how="left", maintain_order="left")


def _by_record(groups: pl.Series, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of each record in turn, with its number in the batch, from 0, as `_record`."""
    if groups.equals(pl.int_range(0, len(groups), dtype=pl.UInt32, eager=True)):
        return rows.with_columns(_record=pl.col("group"))
    records = pl.DataFrame({"group": groups}).with_row_index("_record")
    return records.join(rows, on="group", how="left", maintain_order="left_right")


def _frequencies(
    columns: RecordColumns, rows: pl.DataFrame, places: "pa.Array[Any]"
) -> "pa.Array[Any]":
    """INFO/AF of each row's allele; null where AF isn't a number for each ALT allele."""
    found = pl.from_arrow(texts(columns.frequencies.combine_chunks()).take(places))
    of_allele = rows.select(
        pl.lit(found).str.split(",").alias("values"),
        "number",
        pl.col("number").max().over("_record").alias("count"),
    )
    own = of_allele.select(
        pl.when(pl.col("values").list.len() == pl.col("count")).then(
            pl.col("values").list.get(pl.col("number") - 1, null_on_oob=True)
        )
    ).to_series()
    return numbers(own.cast(pl.Binary).to_arrow().cast(pa.binary()))
