"""The engine's words, in the Sequence Ontology's, with Ensembl's impacts."""

from pathlib import Path

import pysam
import pytest

from runtime.vcf.consequences import IMPACTS, SO_TERMS, Impact, compound, impact_of, parse


def test_should_know_every_word_that_the_engine_has() -> None:
    # csq_strings in bcftools' csq.c end up side by side in pysam's library.
    library = next(Path(pysam.__file__).parent.glob("libcbcftools*.so"))
    strings = library.read_bytes()
    start = strings.index(b"\0synonymous\0missense\0")
    block = strings[start : start + 700].split(b"\0")
    end = block.index(b"start_retained")
    words = {word.decode() for word in block[: end + 1] if word}

    assert words - {"intron", "intergenic"} <= set(SO_TERMS)
    assert len(words) > 15


def test_should_have_an_impact_for_every_term() -> None:
    assert set(SO_TERMS.values()) <= set(IMPACTS)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("missense", ("missense",)),
        ("*missense", ("missense",)),
        ("splice_region&synonymous", ("splice_region", "synonymous")),
    ],
)
def test_should_read_each_name_of_a_consequence(text: str, names: tuple[str, ...]) -> None:
    consequence = parse(f"{text}|G|T|protein_coding|+|1M>1T|3A>C")

    assert consequence == (names, "G", "T", "1M>1T")


def test_should_read_a_consequence_that_ends_early() -> None:
    assert parse("non_coding|MT-TL1||Mt_tRNA")[1:] == ("MT-TL1", "", "")


@pytest.mark.parametrize(
    ("terms", "joined", "impact"),
    [
        (("missense_variant",), "missense_variant", Impact.MODERATE),
        (
            ("synonymous_variant", "splice_region_variant"),
            "splice_region_variant&synonymous_variant",
            Impact.LOW,
        ),
        (
            ("frameshift_variant", "stop_gained", "frameshift_variant"),
            "stop_gained&frameshift_variant",
            Impact.HIGH,
        ),
    ],
)
def test_should_order_terms_as_vep_does_and_rate_by_the_most_severe(
    terms: tuple[str, ...], joined: str, impact: Impact
) -> None:
    assert compound(terms) == joined
    assert impact_of(terms) == impact


def test_should_refuse_a_term_that_vep_does_not_have() -> None:
    with pytest.raises(KeyError):
        impact_of(("brand_new",))
