"""Consequences in the terms of the Sequence Ontology, ranked and rated as Ensembl does."""

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
NON_CODING = "non_coding"
"""The word of `bcftools csq` for any place in a transcript without CDS, exon or intron."""

IMPACTS = {
    "transcript_ablation": Impact.HIGH,
    "splice_acceptor_variant": Impact.HIGH,
    "splice_donor_variant": Impact.HIGH,
    "stop_gained": Impact.HIGH,
    "frameshift_variant": Impact.HIGH,
    "stop_lost": Impact.HIGH,
    "start_lost": Impact.HIGH,
    "transcript_amplification": Impact.HIGH,
    "feature_elongation": Impact.HIGH,
    "feature_truncation": Impact.HIGH,
    "inframe_insertion": Impact.MODERATE,
    "inframe_deletion": Impact.MODERATE,
    "missense_variant": Impact.MODERATE,
    "protein_altering_variant": Impact.MODERATE,
    "splice_donor_5th_base_variant": Impact.LOW,
    "splice_region_variant": Impact.LOW,
    "splice_donor_region_variant": Impact.LOW,
    "splice_polypyrimidine_tract_variant": Impact.LOW,
    "incomplete_terminal_codon_variant": Impact.LOW,
    "start_retained_variant": Impact.LOW,
    "stop_retained_variant": Impact.LOW,
    "synonymous_variant": Impact.LOW,
    "coding_sequence_variant": Impact.MODIFIER,
    "mature_miRNA_variant": Impact.MODIFIER,
    "5_prime_UTR_variant": Impact.MODIFIER,
    "3_prime_UTR_variant": Impact.MODIFIER,
    "non_coding_transcript_exon_variant": Impact.MODIFIER,
    "intron_variant": Impact.MODIFIER,
    "NMD_transcript_variant": Impact.MODIFIER,
    "non_coding_transcript_variant": Impact.MODIFIER,
    "coding_transcript_variant": Impact.MODIFIER,
    "upstream_gene_variant": Impact.MODIFIER,
    "downstream_gene_variant": Impact.MODIFIER,
    INTERGENIC: Impact.MODIFIER,
    "sequence_variant": Impact.MODIFIER,
}
"""Every term, the most severe first, with its impact:
https://www.ensembl.org/info/genome/variation/prediction/predicted_data.html"""

SEVERITY = {term: rank for rank, term in enumerate(IMPACTS)}
"""Rank of each term, 0 for the most severe."""

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


def impact_of(terms: tuple[str, ...]) -> Impact:
    """Return the impact of a compound consequence: that of its most severe term.

    Raises:
        KeyError: a term that Ensembl doesn't have.
    """
    return IMPACTS[most_severe(terms)]


def most_severe(terms: tuple[str, ...]) -> str:
    """Return the most severe of some terms."""
    return min(terms, key=SEVERITY.__getitem__)


def compound(terms: "set[str] | tuple[str, ...]") -> str:
    """Join terms as VEP does: the most severe first."""
    return "&".join(sorted(set(terms), key=SEVERITY.__getitem__))


class Consequence(NamedTuple):
    """One consequence as `bcftools csq` writes it; empty strings where it says nothing.

    Attributes:
        names: csq's short names, one or several.
        gene: name of the gene.
        transcript: its identifier.
        amino_acids: such as 1M>1T, or 12G where nothing changes.
    """

    names: tuple[str, ...]
    gene: str
    transcript: str
    amino_acids: str


def parse(text: str) -> Consequence:
    """Read one consequence: `Consequence|gene|transcript|biotype|strand|amino_acid|dna_change`.

    The last three may be missing. https://samtools.github.io/bcftools/howtos/csq-calling.html
    """
    names, gene, transcript, _, _, amino_acids = f"{text}|||||".split("|", 6)[:6]
    return Consequence(_names(names), gene, transcript, amino_acids)


@lru_cache(maxsize=1000)
def _names(text: str) -> tuple[str, ...]:
    # A leading * marks what lies behind a stop that another variant makes.
    return tuple(text.lstrip("*").split("&"))
