"""What every single-base change of the invented genome's coding bases does, by translation alone.

It knows nothing of engines or bundles. The terms are VEP's:
https://www.ensembl.org/info/genome/variation/prediction/predicted_data.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.genome.models import CODONS, Model, genome, reverse_complement

# NCBI's translation tables 1 and 2, in the order of CODONS.
# https://www.ncbi.nlm.nih.gov/Taxonomy/Utils/wprintgc.cgi
_TABLES = {
    1: "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    2: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSS**VVVVAAAADDEEGGGG",
}
# Start codons of table 2; of table 1, the one that every engine knows.
_STARTS = {1: {"ATG"}, 2: {"ATT", "ATC", "ATA", "ATG", "GTG"}}

SPLICE_REGION_EXON = 3
"""Bases of an exon beside an intron that count as splice region."""
SHORT_INTRON, SHORT_INTRON_REACH = 12, 8
"""VEP takes an intron of up to 12 bases for a repair of the frame, and makes no splice terms in it.
Its terms for the bases around one follow from no definition: they aren't judged here."""


@dataclass(frozen=True)
class Change:
    """A base changed, seen from one transcript.

    Attributes:
        ref, alt: on the contig's forward strand.
        terms: VEP's consequence terms.
        codons: as VEP writes them, gCt/gTt; amino_acids: A/V, or A where it stays.
        position: of the amino acid, from 1; an incomplete first codon counts.
        first: whether it is the first codon of a CDS that isn't cut.
        selenocysteine: whether the codon is read as one, which needs a mark in the genes.
        near_short_intron: whether splice terms aren't judged.
    """

    model: Model
    position_on_contig: int
    ref: str
    alt: str
    terms: frozenset[str]
    codons: str
    amino_acids: str
    position: int
    first: bool
    selenocysteine: bool
    near_short_intron: bool


def translation(codon: str, genetic_code: int) -> str:
    """The amino acid of a codon; X for one with an unknown base, or that isn't whole."""
    return dict(zip(CODONS, _TABLES[genetic_code], strict=True)).get(codon, "X")


def changes(model: Model) -> Iterator[Change]:
    """The changes of every coding base of a transcript."""
    bases = genome().contigs[model.contig]
    places = model.coding_positions
    missing = (3 - model.partial) % 3
    forward = [bases[at - 1] for at in places]
    own = forward if model.strand == "+" else [reverse_complement(base) for base in forward]
    whole = "N" * missing + "".join(own)
    spliced, short = _near_introns(model)
    for number, (at, base) in enumerate(zip(places, forward, strict=True), start=missing):
        for alt in "ACGT".replace(base, ""):
            read = alt if model.strand == "+" else reverse_complement(alt)
            yield _change(
                model,
                whole,
                number,
                read,
                site=(at, base, alt),
                near_intron=at in spliced,
                near_short_intron=at in short,
            )


def _change(
    model: Model,
    whole: str,
    number: int,
    read: str,
    *,
    site: tuple[int, str, str],
    near_intron: bool,
    near_short_intron: bool,
) -> Change:
    """The effect of the base `number` of the CDS, from 0, being read as `read`."""
    codon, place = divmod(number, 3)
    before = whole[3 * codon : 3 * codon + 3]
    after = before[:place] + read + before[place + 1 :]
    first = codon == 0 and not model.partial
    old, new = (_residue(model, each, first=first) for each in (before, after))
    if codon + 1 == model.selenocysteine:
        old = "U"
    last = 3 * codon + 3 >= len(whole)
    terms = _terms(old, new, first=first, last=last, whole=len(before) == 3)
    if near_intron:
        terms |= {"splice_region_variant"}
    if model.biotype == "nonsense_mediated_decay":
        terms |= {"NMD_transcript_variant"}
    return Change(
        model=model,
        position_on_contig=site[0],
        ref=site[1],
        alt=site[2],
        terms=frozenset(terms),
        codons="/".join(_shown(each, place) for each in (before, after)),
        amino_acids=old if old == new else f"{old}/{new}",
        position=codon + 1,
        first=first,
        selenocysteine=codon + 1 == model.selenocysteine,
        near_short_intron=near_short_intron,
    )


def _residue(model: Model, codon: str, *, first: bool) -> str:
    """A mitochondrial stop codon is completed by the poly(A) tail. A start codon gives M."""
    if model.genetic_code == 2:
        codon = codon.ljust(3, "A")
    if first and codon in {*_STARTS[model.genetic_code], model.start_codon}:
        return "M"
    return translation(codon, model.genetic_code)


def _terms(old: str, new: str, *, first: bool, last: bool, whole: bool) -> set[str]:
    if old == "X" and not whole:
        return {"incomplete_terminal_codon_variant", "coding_sequence_variant"}
    if "X" in (old, new):
        return {"coding_sequence_variant"}
    if first and old == "M":
        lost = {"start_lost", "stop_gained"} if new == "*" else {"start_lost"}
        return {"start_retained_variant"} if new == "M" else lost
    if last and old == "*":
        return {"stop_retained_variant"} if new == "*" else {"stop_lost"}
    if old == new:
        return {"synonymous_variant"}
    return {"stop_gained"} if new == "*" else {"missense_variant"}


def _shown(codon: str, place: int) -> str:
    return codon[:place].lower() + codon[place].upper() + codon[place + 1 :].lower()


def _near_introns(model: Model) -> tuple[set[int], set[int]]:
    """Exonic positions in splice regions, and positions around short introns."""
    spliced: set[int] = set()
    short: set[int] = set()
    for (_, left), (right, _) in zip(model.exons, model.exons[1:], strict=False):
        if right - left - 1 > SHORT_INTRON:
            spliced.update(range(left - SPLICE_REGION_EXON + 1, left + 1))
            spliced.update(range(right, right + SPLICE_REGION_EXON))
        else:
            short.update(range(left - SHORT_INTRON_REACH, right + SHORT_INTRON_REACH + 1))
    return spliced, short
