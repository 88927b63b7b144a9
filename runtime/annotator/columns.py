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


def of_alleles(lists: pl.Series, records: pl.Series, numbers_: pl.Series) -> pl.Series:
    """Take a value of a record's list for each of its alleles.

    The lists aren't repeated for each allele: that would cost the square of a record's alleles.

    Args:
        lists: of each record, values by allele, or null.
        records: for each row wanted, the record's place, from 0.
        numbers_: and the allele's number, from 1.

    Returns:
        The values; null where the record's list is, or has none for this allele.
    """
    lengths = lists.list.len().fill_null(0).cast(pl.Int64)
    starts = lengths.cum_sum() - lengths
    values = lists.filter(lengths > 0).explode(empty_as_null=False)
    places = pl.select(
        pl.when(numbers_ <= lengths.gather(records)).then(starts.gather(records) + numbers_ - 1)
    ).to_series()
    return values.gather(places)
