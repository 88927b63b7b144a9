"""Values of a record's lists, taken by allele."""

import polars as pl

from runtime.annotator.columns import of_alleles


def test_should_take_each_allele_s_own_value_when_records_have_lists_of_any_length() -> None:
    lists = pl.Series([["a", "b"], None, [], ["c"], ["d", "e", "f"]], dtype=pl.List(pl.String))
    records = pl.Series([0, 0, 1, 2, 3, 3, 4, 4])
    numbers = pl.Series([1, 2, 1, 1, 1, 2, 3, 1])

    found = of_alleles(lists, records, numbers)

    assert found.to_list() == ["a", "b", None, None, "c", None, "f", "d"]


def test_should_be_null_when_no_record_has_a_list() -> None:
    lists = pl.Series([None, None], dtype=pl.List(pl.String))

    assert of_alleles(lists, pl.Series([0, 1]), pl.Series([1, 1])).to_list() == [None, None]
