"""Columns of a VCF, in bytes, as typed Arrow columns."""

from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    Column = pa.Array[Any]


def texts(values: "Column") -> "Column":
    """Text; null for '.'. What isn't UTF-8 gets the replacement character."""
    values = _without_dots(values)
    try:
        return values.cast(pa.string())
    except pa.ArrowInvalid:
        decoded = [v if v is None else v.decode("utf-8", "replace") for v in values.to_pylist()]
        return pa.array(decoded, pa.string())


def as_text(values: pl.Series) -> pl.Series:
    """Text of a column of bytes. What isn't UTF-8 gets the replacement character."""
    try:
        return values.cast(pl.String)
    except pl.exceptions.PolarsError:
        return pl.Series([value.decode("utf-8", "replace") for value in values], dtype=pl.String)


def numbers(values: "Column") -> "Column":
    """Floating-point numbers; null for '.' and for what is no number."""
    values = _without_dots(values)
    try:
        return values.cast(pa.string()).cast(pa.float64())
    except pa.ArrowInvalid:
        return pa.array([_number(value) for value in values.to_pylist()], pa.float64())


def _without_dots(values: "Column") -> "Column":
    dot = pa.scalar(b".", pa.binary())
    without: Column = pc.if_else(pc.equal(values, dot), pa.scalar(None, pa.binary()), values)
    return without


def _number(value: bytes | None) -> float | None:
    try:
        return None if value is None else float(value)
    except ValueError:
        return None
