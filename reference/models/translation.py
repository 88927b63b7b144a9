"""The genetic codes, and translation by them."""

from functools import cache
from itertools import product

import numpy as np
import numpy.typing as npt

STANDARD, VERTEBRATE_MITOCHONDRIAL = 1, 2
CODON = 3
UNKNOWN = "X"

# Amino acids of TTT, TTC, TTA, TTG, TCT ... GGG by NCBI's number of the genetic code.
# https://www.ncbi.nlm.nih.gov/Taxonomy/Utils/wprintgc.cgi
AMINO_ACIDS = {
    1: "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    2: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSS**VVVVAAAADDEEGGGG",
    3: "FFLLSSSSYY**CCWWTTTTPPPPHHQQRRRRIIMMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    4: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    5: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSSSSVVVVAAAADDEEGGGG",
    6: "FFLLSSSSYYQQCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    9: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNNKSSSSVVVVAAAADDEEGGGG",
    10: "FFLLSSSSYY**CCCWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    11: "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    12: "FFLLSSSSYY**CC*WLLLSPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    13: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSSGGVVVVAAAADDEEGGGG",
    14: "FFLLSSSSYYY*CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNNKSSSSVVVVAAAADDEEGGGG",
    16: "FFLLSSSSYY*LCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    21: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNNKSSSSVVVVAAAADDEEGGGG",
    22: "FFLLSS*SYY*LCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    23: "FF*LSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    24: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSSKVVVVAAAADDEEGGGG",
    25: "FFLLSSSSYY**CCGWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    26: "FFLLSSSSYY**CC*WLLLAPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
}

_PLACES = {base: place for place, base in enumerate(b"TCAG")}
_OTHER = 4  # any letter that is no single base
_COMPLEMENT = bytes.maketrans(b"ACGTRYSWKMBDHVN", b"TGCAYRSWMKVHDBN")


def complement(bases: bytes) -> bytes:
    """The other strand's bases, in its own direction. IUPAC letters stay sets of bases."""
    return bases.translate(_COMPLEMENT)[::-1]


def translate(bases: bytes, genetic_code: int) -> str:
    """The amino acids of whole codons: `*` for a stop, X for a codon with another letter."""
    whole = len(bases) - len(bases) % CODON
    digits = _digits()[np.frombuffer(bases, np.uint8, whole)].reshape(-1, CODON)
    numbers = digits @ np.array([25, 5, 1], np.uint8)
    return _residues(genetic_code)[numbers].tobytes().decode("ascii")


@cache
def _digits() -> npt.NDArray[np.uint8]:
    digits = np.full(256, _OTHER, np.uint8)
    for base, place in _PLACES.items():
        digits[base] = place
    return digits


@cache
def _residues(genetic_code: int) -> npt.NDArray[np.uint8]:
    """Residues by a codon's number in base 5."""
    residues = np.full(125, ord(UNKNOWN), np.uint8)
    letters = AMINO_ACIDS[genetic_code].encode()
    for (first, second, third), letter in zip(product(range(4), repeat=3), letters, strict=True):
        residues[25 * first + 5 * second + third] = letter
    return residues
