"""The engine's words, in the Sequence Ontology's, with Ensembl's impacts."""

from pathlib import Path

import pysam
import pytest

from runtime.vcf.consequences import IMPACTS, SO_TERMS, Impact, impact_of, parse


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
    ("names", "terms", "impact"),
    [
        ("missense", ("missense_variant",), Impact.MODERATE),
        ("*missense", ("missense_variant",), Impact.MODERATE),
        ("splice_region&synonymous", ("splice_region_variant", "synonymous_variant"), Impact.LOW),
        ("stop_gained&frameshift", ("stop_gained", "frameshift_variant"), Impact.HIGH),
        ("3_prime_utr", ("3_prime_UTR_variant",), Impact.MODIFIER),
        ("brand_new", ("brand_new",), Impact.MODIFIER),
    ],
)
def test_should_translate_each_part_and_rate_by_the_most_severe(
    names: str, terms: tuple[str, ...], impact: Impact
) -> None:
    consequence = parse(f"{names}|G|T|protein_coding|+|1M>1T|3A>C")

    assert consequence.terms == terms
    assert impact_of(consequence.terms) == impact
    assert consequence[2:] == ("G", "T", "protein_coding", "1M>1T")


def test_should_read_a_consequence_that_ends_early() -> None:
    assert parse("non_coding|MT-TL1||Mt_tRNA")[2:] == ("MT-TL1", "", "Mt_tRNA", "")
