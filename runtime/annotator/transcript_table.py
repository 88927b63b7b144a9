"""transcripts.parquet of a bundle, with what is worked out once for all jobs.

The table lies in a file that is mapped into memory: rows that no job needs take none, and the
system can take back the others.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

ROWS_AT_ONCE = 16_384
"""While the table is made."""

HEAD = ("SYMBOL", "Gene", "Feature_type", "Feature", "BIOTYPE")
MIDDLE = ("STRAND", "FLAGS")
TAIL = (
    "SYMBOL_SOURCE",
    "HGNC_ID",
    "CANONICAL",
    "MANE_SELECT",
    "MANE_PLUS_CLINICAL",
    "TSL",
    "APPRIS",
    "CCDS",
    "ENSP",
)
"""The fields of CSQ that follow from the transcript, in three pieces."""

OF_TRANSCRIPT = tuple(name for name in (*HEAD, *MIDDLE, *TAIL) if name != "Feature_type")
"""Columns that each row of a transcript has."""

NO_TRANSCRIPT = {
    name: "|" * (len(fields) - 1)
    for name, fields in (("head", HEAD), ("middle", MIDDLE), ("tail", TAIL))
}
"""What stands in their place where there is no transcript."""


def mapped_table(source: Path, places: Mapping[str, int]) -> pl.DataFrame:
    """Return the transcripts in the order of `source`, mapped into memory from a file.

    Columns are those of transcripts.parquet, the row's number in `transcript`, the contig's place
    in `contig_place`, the name that genes are counted by in `gene_name`, and what each row of the
    transcript says in INFO/CSQ in `head`, `middle` and `tail`.

    Args:
        source: transcripts.parquet.
        places: the place in the manifest of each contig.
    """
    with tempfile.TemporaryDirectory(prefix="gas-transcripts-") as folder:
        path = Path(folder) / "transcripts.arrow"
        _write(source, places, path)
        # The mapping keeps the file's content until the table is given up.
        return pl.read_ipc(path, memory_map=True)


def _write(source: Path, places: Mapping[str, int], path: Path) -> None:
    count = pq.read_metadata(source).num_rows
    writer = None
    with pa.OSFile(str(path), "wb") as file:
        for first in range(0, max(count, 1), ROWS_AT_ONCE):
            rows = pl.scan_parquet(source).slice(first, ROWS_AT_ONCE).collect()
            table = _completed(rows, first, places).to_arrow(compat_level=pl.CompatLevel.newest())
            if writer is None:
                writer = pa.ipc.new_file(file, table.schema)
            writer.write_table(table)
        if writer is not None:
            writer.close()


def _completed(rows: pl.DataFrame, first: int, places: Mapping[str, int]) -> pl.DataFrame:
    number = pl.int_range(first, first + pl.len(), dtype=pl.UInt32)
    rows = rows.with_columns(
        number.alias("transcript"),
        pl.col("contig").replace_strict(places, return_dtype=pl.UInt32).alias("contig_place"),
        pl.coalesce("SYMBOL", "Gene").alias("gene_name"),
    )
    return rows.hstack(_csq_texts(rows))


def preferences(source: Path) -> pl.DataFrame:
    """Return by what `effects.completed` picks: the smaller number is preferred.

    Args:
        source: transcripts.parquet.

    Returns:
        `_pick_class` and `_pick_order` of each row.
    """
    without = [pl.col(name).is_null() for name in ("MANE_SELECT", "MANE_PLUS_CLINICAL")]
    weighed = zip((4, 2, 1), (*without, ~pl.col("CANONICAL")), strict=True)
    classes = pl.scan_parquet(source).select(
        pl.sum_horizontal(flag.cast(pl.UInt8) * weight for weight, flag in weighed)
        .cast(pl.UInt8)
        .alias("_pick_class")
    )
    lengths = pl.scan_parquet(source).select("cds_length", length=pl.col("end") - pl.col("start"))
    longest_first = (
        lengths.collect()
        .with_row_index("row")
        .sort("cds_length", "length", descending=True, nulls_last=True, maintain_order=True)["row"]
    )
    order = pl.int_range(len(longest_first), dtype=pl.UInt32, eager=True)
    return classes.collect().with_columns(
        _pick_order=order.clear(len(order)).fill_null(0).scatter(longest_first, order)
    )


def _csq_texts(transcripts: pl.DataFrame) -> pl.DataFrame:
    """Write once what each row of a transcript says, in the columns head, middle and tail.

    What VCF doesn't allow in a value is written as VEP does (OutputFactory/VCF.pm): a comma and a
    bar as &, a semicolon as %3B, white space as _.
    """
    words = transcripts.select(
        *(_safe(pl.col(name)) for name in OF_TRANSCRIPT if name != "CANONICAL"),
        pl.when("CANONICAL").then(pl.lit("YES")).otherwise(pl.lit("")).alias("CANONICAL"),
        pl.lit("Transcript").alias("Feature_type"),
    )
    return words.select(
        pl.concat_str(HEAD, separator="|").alias("head"),
        pl.concat_str(MIDDLE, separator="|").alias("middle"),
        pl.concat_str(TAIL, separator="|").alias("tail"),
    )


def _safe(value: pl.Expr) -> pl.Expr:
    text = value.cast(pl.String).fill_null("")
    for pattern, instead in ((r"[,|]", "&"), (";", "%3B"), (r"\s+", "_"), ("=", "%3D")):
        text = text.str.replace_all(pattern, instead)
    return text
