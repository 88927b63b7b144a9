"""Genetic codes, by NCBI's numbers: https://www.ncbi.nlm.nih.gov/Taxonomy/Utils/wprintgc.cgi"""

from functools import cache
from itertools import product

STANDARD, VERTEBRATE_MITOCHONDRIAL = 1, 2

_CODONS = tuple(map("".join, product("TCAG", repeat=3)))
_STANDARD = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"

_DIFFERENCES = {
    1: "",
    2: "AGA* AGG* ATAM TGAW",
    3: "ATAM CTAT CTCT CTGT CTTT TGAW",
    4: "TGAW",
    5: "AGAS AGGS ATAM TGAW",
    6: "TAAQ TAGQ",
    9: "AAAN AGAS AGGS TGAW",
    10: "TGAC",
    11: "",
    12: "CTGS",
    13: "AGAG AGGG ATAM TGAW",
    14: "AAAN AGAS AGGS TAAY TGAW",
    15: "TAGQ",
    16: "TAGL",
    21: "AAAN AGAS AGGS ATAM TGAW",
    22: "TCA* TAGL",
    23: "TTA*",
    24: "AGAS AGGK TGAW",
    25: "TGAG",
    26: "CTGA",
}
"""Codons that mean something else than in the standard code, each with its amino acid."""

_STARTS = {
    1: "TTG CTG ATG",
    2: "ATT ATC ATA ATG GTG",
    3: "ATA ATG GTG",
    4: "TTA TTG CTG ATT ATC ATA ATG GTG",
    5: "TTG ATT ATC ATA ATG GTG",
    9: "ATG GTG",
    11: "TTG CTG ATT ATC ATA ATG GTG",
    12: "CTG ATG",
    13: "TTG ATA ATG GTG",
    21: "ATG GTG",
    23: "ATT ATG GTG",
    24: "TTG CTG ATG GTG",
    25: "TTG ATG GTG",
    26: "CTG ATG",
}
"""Start codons; of a code that isn't listed, ATG alone. Each begins a protein with methionine."""


@cache
def translation(code: int) -> dict[str, str]:
    """Return the amino acids by codon, `*` for a stop; nothing for a code that isn't known here."""
    if code not in _DIFFERENCES:
        return {}
    differences = {each[:3]: each[3] for each in _DIFFERENCES[code].split()}
    return dict(zip(_CODONS, _STANDARD, strict=True)) | differences


@cache
def start_codons(code: int) -> frozenset[str]:
    """Return the codons that start a protein."""
    return frozenset(_STARTS.get(code, "ATG").split())
