"""The first columns of an upload's records, block by block, as a table."""

import re
from collections.abc import Sequence
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from runtime.annotator.columns import as_text
from runtime.annotator.errors import InputRejected, shown
from runtime.annotator.reader import Block

RECORDS = {
    "line": pl.UInt64,  # its number in the upload, from 1
    "chrom": pl.String,
    "position": pl.Int64,
    "ref": pl.String,
    "alts": pl.String,
    "block": pl.Boolean,  # of a gVCF that writes ALT as '.', as Strelka and DRAGEN do: INFO has END
}

_FIRST_COLUMNS = 5
# QUAL, FILTER and INFO with END.
_WITH_END = r"^[^\t]*\t[^\t]*\t(?:[^\t]*;)?END=\d+(?:[;\t]|$)"
_POSITION = re.compile(rb"\d{1,10}")
_CONTIG_NAME = re.compile(rb"[^#\s][^\s]*")
_POSITIONS = r"^\d{1,10}$"
# The same in Rust's notation, which knows white space beyond ASCII too.
_CONTIG_NAMES = r"^[^#\t\n\x0b\x0c\r ][^\t\n\x0b\x0c\r ]*$"


def records_of(block: Block, tabs: int) -> pl.DataFrame:
    """Return the records of a block as RECORDS; blank lines are none.

    Args:
        block: lines of the table.
        tabs: how many each must have.

    Raises:
        InputRejected: naming the first line that is no record.
    """
    lines: Sequence[bytes] = block.lines
    numbers = pl.int_range(
        block.first_line, block.first_line + len(lines), dtype=pl.UInt64, eager=True
    )
    if b"" in lines:
        numbers = numbers.filter(pl.Series([line != b"" for line in lines], dtype=pl.Boolean))
        lines = [line for line in lines if line]
    if not lines:
        return pl.DataFrame(schema=RECORDS)
    array = pa.array(lines, pa.binary())
    if set(pc.unique(pc.count_substring(array, "\t")).to_pylist()) != {tabs}:
        _explain(lines, numbers, tabs)
    parts: Any = pc.split_pattern(array, "\t", max_splits=_FIRST_COLUMNS).flatten()
    columns = pl.Series(pl.from_arrow(parts))
    chrom, pos, ref, alts = (
        _compact(as_text(columns.gather_every(_FIRST_COLUMNS + 1, at))) for at in (0, 1, 3, 4)
    )
    places, contigs = pos.str.contains(_POSITIONS), chrom.unique().str.contains(_CONTIG_NAMES)
    if not (places.all() and contigs.all()):
        _explain(lines, numbers, tabs)
    return pl.DataFrame(
        {
            "line": numbers,
            "chrom": chrom,
            "position": pos.cast(pl.Int64),
            "ref": ref,
            "alts": alts,
            "block": _is_block(alts, columns.gather_every(_FIRST_COLUMNS + 1, _FIRST_COLUMNS)),
        }
    )


def _is_block(alts: pl.Series, others: pl.Series) -> pl.Series:
    """Whether each record is a reference block with ALT '.'; `others` are the columns behind."""
    without = (alts == ".").arg_true()
    found = pl.Series([False], dtype=pl.Boolean).new_from_index(0, len(alts))
    if without.is_empty():
        return found
    return found.scatter(without, as_text(others.gather(without)).str.contains(_WITH_END))


def _compact(texts: pl.Series) -> pl.Series:
    """Copy a column: as a part of another one it would keep all bytes of the lines in memory."""
    copied = texts.to_arrow(compat_level=pl.CompatLevel.oldest())
    return pl.Series(texts.name, copied, dtype=pl.String)


def _explain(lines: Sequence[bytes], numbers: pl.Series, tabs: int) -> None:
    """Raise for the first line that is no record."""
    for line, number in zip(lines, numbers, strict=True):
        if line.startswith(b"#"):
            raise InputRejected(
                "a header line among the variants: are these several files in one?", line=number
            )
        if line.count(b"\t") != tabs:
            found, wanted = line.count(b"\t") + 1, tabs + 1
            hint = " Columns must be separated by tabs, not spaces." if found == 1 else ""
            raise InputRejected(
                f"{found} column{'s' * (found > 1)}, where the header names {wanted}.{hint}",
                line=number,
            )
        chrom, pos = line.split(b"\t", 2)[:2]
        if not _POSITION.fullmatch(pos):
            raise InputRejected(f"POS is {shown(pos)!r}, and not a number.", line=number)
        if not _CONTIG_NAME.fullmatch(chrom):
            raise InputRejected(f"CHROM is {shown(chrom)!r}, and not a name.", line=number)
