"""Columns of a VCF, in bytes, as typed columns."""

import polars as pl


def as_text(values: pl.Series) -> pl.Series:
    """Text of a column of bytes. What isn't UTF-8 gets the replacement character."""
    try:
        return values.cast(pl.String)
    except pl.exceptions.PolarsError:
        return pl.Series([value.decode("utf-8", "replace") for value in values], dtype=pl.String)


def texts(values: list[bytes]) -> pl.Series:
    """Text; null for '.'."""
    found = as_text(pl.Series(values, dtype=pl.Binary))
    return pl.select(pl.when(found != ".").then(found)).to_series()


def numbers(values: list[bytes]) -> pl.Series:
    """Floating-point numbers; null for '.' and for what is no number."""
    return as_text(pl.Series(values, dtype=pl.Binary)).cast(pl.Float64, strict=False)
