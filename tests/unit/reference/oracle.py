"""What every single-base change of the 13 protein-coding genes of rCRS does: the oracle.

Written from the published facts alone. It imports nothing of `reference/` and knows nothing of
bcftools: it reads the bases from the FASTA of facts, and has a gene table and a genetic code of its
own. `all_changes()` is what other tests hold an annotation against.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

FASTA = Path(__file__).parents[3] / "reference" / "rcrs" / "data" / "rCRS.fa"

# NCBI translation table 2, vertebrate mitochondrial: amino acids and start codons in the order of
# TTT, TTC, TTA, TTG, TCT ... GGG. https://www.ncbi.nlm.nih.gov/Taxonomy/Utils/wprintgc.cgi#SG2
_AMINO_ACIDS = "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSS**VVVVAAAADDEEGGGG"
_START_MARKS = "--------------------------------MMMM---------------M------------"
_CODONS = ["".join(bases) for bases in product("TCAG", repeat=3)]
_TRANSLATION = dict(zip(_CODONS, _AMINO_ACIDS, strict=True))
_STARTS = {codon for codon, mark in zip(_CODONS, _START_MARKS, strict=True) if mark == "M"}

# CDS features of NC_012920.1: gene, first and last base (1-based), strand, Ensembl transcript.
GENES = (
    ("MT-ND1", 3307, 4262, "+", "ENST00000361390"),
    ("MT-ND2", 4470, 5511, "+", "ENST00000361453"),
    ("MT-CO1", 5904, 7445, "+", "ENST00000361624"),
    ("MT-CO2", 7586, 8269, "+", "ENST00000361739"),
    ("MT-ATP8", 8366, 8572, "+", "ENST00000361851"),
    ("MT-ATP6", 8527, 9207, "+", "ENST00000361899"),
    ("MT-CO3", 9207, 9990, "+", "ENST00000362079"),
    ("MT-ND3", 10059, 10404, "+", "ENST00000361227"),
    ("MT-ND4L", 10470, 10766, "+", "ENST00000361335"),
    ("MT-ND4", 10760, 12137, "+", "ENST00000361381"),
    ("MT-ND5", 12337, 14148, "+", "ENST00000361567"),
    ("MT-ND6", 14149, 14673, "-", "ENST00000361681"),
    ("MT-CYB", 14747, 15887, "+", "ENST00000361789"),
)


@dataclass(frozen=True)
class Change:
    """One base of the forward strand changed, seen from one gene.

    A change where two genes overlap is two of these. `expected` holds Sequence Ontology terms;
    `codon` is the number of the codon in the gene, from 1; `before` and `after` are what it codes
    for (one-letter amino acid, `*` for a stop). `polyadenylated` says that the genome holds only a
    part of the codon, and the poly(A) tail of the messenger RNA the rest.
    """

    pos: int
    ref: str
    alt: str
    gene: str
    transcript: str
    expected: frozenset[str]
    codon: int
    before: str
    after: str
    polyadenylated: bool


def sequence() -> str:
    """The 16,569 bases of the forward strand."""
    return "".join(FASTA.read_text().splitlines()[1:])


def all_changes() -> Iterator[Change]:
    """Every single-base change of every protein-coding gene, 34,185 of them, gene by gene."""
    genome = sequence()
    for gene, first, last, strand, transcript in GENES:
        for codon, positions in enumerate(_codon_positions(first, last, strand), start=1):
            whole = "".join(_read(genome[pos - 1], strand) for pos in positions).ljust(3, "A")
            is_last = max(positions) == last if strand == "+" else min(positions) == first
            for place, pos in enumerate(positions):
                for alt in sorted(set("ACGT") - {genome[pos - 1]}):
                    changed = whole[:place] + _read(alt, strand) + whole[place + 1 :]
                    yield Change(
                        pos=pos,
                        ref=genome[pos - 1],
                        alt=alt,
                        gene=gene,
                        transcript=transcript,
                        expected=_expected(whole, changed, is_first=codon == 1, is_last=is_last),
                        codon=codon,
                        before=_TRANSLATION[whole],
                        after=_TRANSLATION[changed],
                        polyadenylated=len(positions) < 3,
                    )


def _codon_positions(first: int, last: int, strand: str) -> Iterator[range]:
    """The positions of each codon, in the order in which the ribosome reads them."""
    if strand == "+":
        yield from (range(at, min(at + 3, last + 1)) for at in range(first, last + 1, 3))
    else:
        yield from (range(at, max(at - 3, first - 1), -1) for at in range(last, first - 1, -3))


def _read(base: str, strand: str) -> str:
    return base if strand == "+" else {"A": "T", "C": "G", "G": "C", "T": "A"}[base]


def _expected(before: str, after: str, *, is_first: bool, is_last: bool) -> frozenset[str]:
    if is_first:
        return _start_terms(after)
    stays = _TRANSLATION[before] == _TRANSLATION[after]
    if is_last:
        return frozenset({"stop_retained_variant" if stays else "stop_lost"})
    if stays:
        return frozenset({"synonymous_variant"})
    return frozenset({"stop_gained" if _TRANSLATION[after] == "*" else "missense_variant"})


def _start_terms(after: str) -> frozenset[str]:
    """Any start codon of the code starts with (formyl-)methionine, whatever it codes for inside."""
    if after in _STARTS:
        return frozenset({"start_retained_variant"})
    lost = {"start_lost"}
    return frozenset(lost | {"stop_gained"} if _TRANSLATION[after] == "*" else lost)
