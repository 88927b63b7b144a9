"""Filters as addresses say them: what is read, what is refused, and that both ways agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.web.services.variants.filters import InvalidFilter, VariantFilter, VariantQuery

ADDRESSES: list[dict[str, list[str]]] = [
    {},
    {"gene": ["MT-ND4", "MT-ATP6"], "consequence": ["missense_variant"], "sort": ["-frequency"]},
    {"impact": ["HIGH", "LOW"], "class": ["SNV"], "known": ["any"], "clinical": ["Pathogenic"]},
    {"af_min": ["0.01"], "af_max": ["0.5"], "region": ["MT:100-200"], "q": ["leu"]},
    {"annotated": ["yes"], "region": ["MT:71-140"]},
    {"field": ["mitomap_status:Confirmed", "mitomap_frequency:none", "region_name:HVS1"]},
    {"after": ["3-1"], "variant": ["12-1"], "region": ["chrM"]},
    {"before": ["end"], "sort": ["position"]},
    {"before": ["3-2"], "sort": ["-importance"]},
    {"region": ["MT:3243"], "sort": ["-position"]},
]


@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_should_say_the_same_when_it_is_read_and_written(address: dict[str, list[str]]) -> None:
    pairs = [(name, value) for name, values in address.items() for value in values]
    assert sorted(VariantQuery.from_args(address).to_args()) == sorted(pairs)


WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
SHARES = st.lists(st.floats(0, 1), min_size=2, max_size=2).map(sorted)


@given(SHARES, st.lists(WORDS, max_size=4), WORDS)
def test_should_be_the_same_filter_when_its_own_address_is_read(
    shares: list[float], genes: list[str], text: str
) -> None:
    wanted = VariantFilter(af_min=shares[0], af_max=shares[1], gene=tuple(genes), text=text)
    address: dict[str, list[str]] = {}
    for name, value in wanted.to_args():
        address.setdefault(name, []).append(value)
    assert VariantQuery.from_args(address).filter == wanted


@pytest.mark.parametrize(
    ("given", "written"),
    [("1", "1"), ("0", "0"), ("0.010", "0.01"), ("0,5", "0.5"), ("0.12345678", "0.12345678")],
)
def test_should_write_a_frequency_as_short_as_it_may_be(given: str, written: str) -> None:
    assert VariantQuery.from_args({"af_min": [given]}).to_args() == [("af_min", written)]


def test_should_ignore_what_is_empty_or_unknown_when_it_is_read() -> None:
    query = VariantQuery.from_args({"q": ["  "], "gene": [""], "af_min": [""], "utm_source": ["x"]})
    assert query == VariantQuery()
    assert query.filter.is_empty


def test_should_take_several_genes_when_they_stand_in_one_field() -> None:
    genes = VariantQuery.from_args({"gene": ["MT-ND4, MT-ATP6 MT-CO1"]}).filter.gene
    assert genes == ("MT-ND4", "MT-ATP6", "MT-CO1")


@pytest.mark.parametrize(
    ("address", "field", "sentence"),
    [
        ({"impact": ["SEVERE"]}, "impact", "An impact is one of HIGH, MODERATE, LOW, MODIFIER."),
        ({"af_min": ["2"]}, "af_min", "Write a number from 0 to 1."),
        ({"af_max": ["nan"]}, "af_max", "Write a number from 0 to 1."),
        ({"af_min": ["0.5"], "af_max": ["0.1"]}, "af_min", "lowest allele frequency is above"),
        ({"population_af_max": ["2"]}, "population_af_max", "Write a number from 0 to 1."),
        ({"annotated": ["perhaps"]}, "annotated", "Write yes, or leave it out."),
        ({"region": ["MT:x"]}, "region", "Write a region as contig:start-end"),
        ({"region": ["MT:0-5"]}, "region", "Positions of a region count from 1."),
        ({"region": ["MT:99999999999999"]}, "region", "whole numbers"),
        ({"sort": ["record; DROP TABLE x"]}, "sort", "can't be sorted by that"),
        ({"after": ["0"]}, "after", "There is no such page."),
        ({"before": ["first"]}, "before", "There is no such page."),
        ({"sort": ["page"]}, "sort", "The table can't be sorted by that."),
        ({"variant": ["1 OR 1=1"]}, "variant", "There is no such variant."),
        ({"q": ["x" * 201]}, "q", "at most 200 characters"),
        ({"gene": [f"G{i}" for i in range(60)]}, "gene", "at most 50 genes"),
    ],
)
def test_should_say_which_field_is_wrong_when_it_cannot_be_read(
    address: dict[str, list[str]], field: str, sentence: str
) -> None:
    with pytest.raises(InvalidFilter) as refused:
        VariantQuery.from_args(address)
    assert sentence in refused.value.errors[field]


def test_should_keep_the_rest_when_one_condition_is_removed() -> None:
    wanted = VariantQuery.from_args({"gene": ["A", "B"], "region": ["MT:1-2"], "q": ["x"]}).filter
    assert wanted.without("gene", "A").to_args() == [
        ("gene", "B"),
        ("region", "MT:1-2"),
        ("q", "x"),
    ]
    assert wanted.without("region", "MT:1-2").region is None
