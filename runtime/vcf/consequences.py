"""What `bcftools csq` says, in the words of the Sequence Ontology, with Ensembl's impacts."""

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple


class Impact(StrEnum):
    """How severe, from high to low."""

    HIGH = "HIGH"
    MODERATE = "MODERATE"
    LOW = "LOW"
    MODIFIER = "MODIFIER"


INTERGENIC = "intergenic_variant"
UNSPECIFIC = "sequence_variant"
"""For an allele in a transcript of which the engine says nothing."""

NON_CODING = "non_coding"
"""The engine's word for any place in a transcript without CDS, exon or intron."""

SO_TERMS = {
    "synonymous": "synonymous_variant",
    "missense": "missense_variant",
    "stop_lost": "stop_lost",
    "stop_gained": "stop_gained",
    "inframe_deletion": "inframe_deletion",
    "inframe_insertion": "inframe_insertion",
    "inframe_altering": "protein_altering_variant",
    "frameshift": "frameshift_variant",
    "splice_acceptor": "splice_acceptor_variant",
    "splice_donor": "splice_donor_variant",
    "splice_region": "splice_region_variant",
    "start_lost": "start_lost",
    "start_retained": "start_retained_variant",
    "stop_retained": "stop_retained_variant",
    "5_prime_utr": "5_prime_UTR_variant",
    "3_prime_utr": "3_prime_UTR_variant",
    NON_CODING: "non_coding_transcript_variant",
    "intron": "intron_variant",
    "intergenic": INTERGENIC,
    "coding_sequence": "coding_sequence_variant",
    "feature_elongation": "feature_elongation",
    "feature_truncation": "feature_truncation",
}
"""Terms of http://www.sequenceontology.org by the short names of bcftools' csq.c."""

IMPACTS = {
    "splice_acceptor_variant": Impact.HIGH,
    "splice_donor_variant": Impact.HIGH,
    "stop_gained": Impact.HIGH,
    "frameshift_variant": Impact.HIGH,
    "stop_lost": Impact.HIGH,
    "start_lost": Impact.HIGH,
    "feature_elongation": Impact.HIGH,
    "feature_truncation": Impact.HIGH,
    "inframe_insertion": Impact.MODERATE,
    "inframe_deletion": Impact.MODERATE,
    "missense_variant": Impact.MODERATE,
    "protein_altering_variant": Impact.MODERATE,
    "splice_region_variant": Impact.LOW,
    "start_retained_variant": Impact.LOW,
    "stop_retained_variant": Impact.LOW,
    "synonymous_variant": Impact.LOW,
    "coding_sequence_variant": Impact.MODIFIER,
    "5_prime_UTR_variant": Impact.MODIFIER,
    "3_prime_UTR_variant": Impact.MODIFIER,
    "non_coding_transcript_exon_variant": Impact.MODIFIER,
    "intron_variant": Impact.MODIFIER,
    "non_coding_transcript_variant": Impact.MODIFIER,
    INTERGENIC: Impact.MODIFIER,
    UNSPECIFIC: Impact.MODIFIER,
}
"""https://www.ensembl.org/info/genome/variation/prediction/predicted_data.html"""

_SEVERITY = {impact: rank for rank, impact in enumerate(Impact)}


@lru_cache(maxsize=1000)
def impact_of(terms: tuple[str, ...]) -> Impact:
    """Return the impact of a compound consequence: that of its most severe term.

    A term that no table here knows counts as MODIFIER.
    """
    impacts = [IMPACTS.get(term, Impact.MODIFIER) for term in terms]
    return min(impacts, key=_SEVERITY.__getitem__)


class Consequence(NamedTuple):
    """One consequence as the engine writes it; empty strings where it says nothing.

    Attributes:
        names: the engine's short names, one or several.
        terms: the same as terms of the Sequence Ontology; a name that has none stays as it is.
        gene: name of the gene.
        transcript: its identifier.
        biotype: as the engine calls it.
        amino_acids: such as 1M>1T, or 12G where nothing changes.
    """

    names: tuple[str, ...]
    terms: tuple[str, ...]
    gene: str
    transcript: str
    biotype: str
    amino_acids: str


def parse(text: str) -> Consequence:
    """Read one consequence: `Consequence|gene|transcript|biotype|strand|amino_acid|dna_change`.

    The last three may be missing. https://samtools.github.io/bcftools/howtos/csq-calling.html
    """
    names, gene, transcript, biotype, _, amino_acids = f"{text}|||||".split("|", 6)[:6]
    return Consequence(*_words(names), gene, transcript, biotype, amino_acids)


@lru_cache(maxsize=1000)
def _words(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    # A leading * marks what lies behind a stop that another variant makes.
    names = tuple(text.lstrip("*").split("&"))
    return names, tuple(SO_TERMS.get(name, name) for name in names)
