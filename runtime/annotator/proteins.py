"""Residues of the proteins of a bundle, translated from its reference."""

from collections.abc import Iterable
from itertools import product

from runtime.annotator.transcripts import Transcript
from runtime.common.manifest import Contig
from runtime.vcf.fasta import Fasta

STANDARD, VERTEBRATE_MITOCHONDRIAL = 1, 2

# https://www.ncbi.nlm.nih.gov/Taxonomy/Utils/wprintgc.cgi
_AMINO_ACIDS = {
    STANDARD: "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    VERTEBRATE_MITOCHONDRIAL: "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSS**VVVVAAAADDEEGGGG",
}
_CODONS = tuple(map("".join, product("TCAG", repeat=3)))
TRANSLATIONS = {
    code: dict(zip(_CODONS, letters, strict=True)) for code, letters in _AMINO_ACIDS.items()
}
"""Amino acids by codon, by the number of the genetic code."""

CODON = 3
_COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


class Proteins:
    """Translates codons of transcripts."""

    def __init__(self, fasta: Fasta, contigs: Iterable[Contig]) -> None:
        self._fasta = fasta
        self._codes = {contig.name: contig.genetic_code for contig in contigs}

    def residue(self, transcript: Transcript, number: int) -> str | None:
        """Return a residue's letter, `*` for a stop codon.

        Args:
            transcript: whose protein.
            number: of the residue, from 1.

        Returns:
            None outside the protein, in a codon that isn't whole, or of a genetic code other than
            the standard and the vertebrate mitochondrial one.
        """
        translation = TRANSLATIONS.get(self._codes.get(transcript.contig, 0), {})
        bases = "".join(
            self._fasta.bases(transcript.contig, at, 1).decode() for at in transcript.codon(number)
        )
        if number == 1 and len(bases) == CODON and translation:
            # Whatever the first codon codes for elsewhere, translation starts with methionine.
            return "M"
        return translation.get(bases if transcript.strand > 0 else bases.translate(_COMPLEMENT))
