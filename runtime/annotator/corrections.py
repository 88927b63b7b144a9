"""Where `bcftools csq` (1.24) is wrong about mitochondrial codons, and what is right instead.

It calls every change of a start codon `start_lost`, but the vertebrate mitochondrial code has five
start codons, and each starts with methionine. And it leaves out the last codon where the genome
holds only its first bases and polyadenylation adds the rest: a bundle marks these bases as a
three_prime_UTR, so that csq says `3_prime_utr` with the transcript.
reference/README.md tells how often each comes up.
"""

from runtime.annotator.proteins import TRANSLATIONS, VERTEBRATE_MITOCHONDRIAL
from runtime.annotator.transcripts import Transcript, Transcripts
from runtime.common.manifest import Contig
from runtime.vcf.fasta import Fasta

# https://www.ncbi.nlm.nih.gov/Taxonomy/Utils/wprintgc.cgi#SG2
_STARTS = frozenset({"ATT", "ATC", "ATA", "ATG", "GTG"})
_TRANSLATION = TRANSLATIONS[VERTEBRATE_MITOCHONDRIAL]

_START_LOST = "start_lost"
_UTR = "3_prime_utr"
_COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


class Corrections:
    """Corrects consequences of alleles on contigs with the vertebrate mitochondrial code."""

    def __init__(self, fasta: Fasta, transcripts: Transcripts) -> None:
        self._fasta = fasta
        self._transcripts = transcripts

    def corrected(
        self, texts: bytes, contig: Contig, position: int, ref: bytes, alt: bytes
    ) -> bytes:
        """Return the consequences of an allele, as BCSQ has them, with what was wrong put right.

        Args:
            texts: one or several, parted by commas.
            contig: where the allele is.
            position: of the first base of `ref`, from 1.
            ref: REF, upper case, as the reference has it.
            alt: one allele of ALT, upper case.
        """
        concerned = b"start_lost" in texts or b"3_prime_utr" in texts
        if not concerned or contig.genetic_code != VERTEBRATE_MITOCHONDRIAL:
            return texts
        change = position, ref.decode(), alt.decode()
        words = [self._one(text, contig, change) for text in texts.decode().split(",")]
        return ",".join(words).encode()

    def _one(self, text: str, contig: Contig, change: tuple[int, str, str]) -> str:
        fields = text.split("|")
        names = fields[0].split("&")
        transcript = self._transcripts.by_name.get(fields[2])
        if transcript is None:
            return text
        positions = _coding_positions(transcript)
        if _START_LOST in names:
            after = self._codon(contig, transcript, positions[:3], change)
            return _start_retained(fields, names) if after in _STARTS else text
        rest = len(positions) % 3
        if _UTR in names and rest and change[0] + len(change[1]) > min(positions[-rest:]):
            after = self._codon(contig, transcript, positions[-rest:], change)
            return _last_codon(fields, names, transcript, after, change)
        return text

    def _codon(
        self,
        contig: Contig,
        transcript: Transcript,
        positions: list[int],
        change: tuple[int, str, str],
    ) -> str | None:
        """The codon of these bases after a substitution in it, As added at its end."""
        first, ref, alt = change
        changed = range(first, first + len(ref))
        if len(ref) != len(alt) or not set(changed) <= set(positions):
            return None
        new = dict(zip(changed, alt, strict=True))
        bases = "".join(
            new.get(at) or self._fasta.bases(contig.name, at, 1).decode() for at in positions
        )
        return (bases if transcript.strand > 0 else bases.translate(_COMPLEMENT)).ljust(3, "A")


def _coding_positions(transcript: Transcript) -> list[int]:
    """Positions of the CDS in the order of translation."""
    positions = [at for first, last in transcript.cds for at in range(first, last + 1)]
    return positions if transcript.strand > 0 else positions[::-1]


def _start_retained(fields: list[str], names: list[str]) -> str:
    others = [name for name in names if name not in (_START_LOST, "synonymous")]
    return "|".join(["&".join(["start_retained", *others]), *fields[1:5], "1M", *fields[6:]])


def _last_codon(
    fields: list[str],
    names: list[str],
    transcript: Transcript,
    after: str | None,
    change: tuple[int, str, str],
) -> str:
    amino_acid = _TRANSLATION.get(after or "")
    number = len(_coding_positions(transcript)) // 3 + 1
    if amino_acid is None:
        # Bases come or go: what the ribosome then makes of them can't be told.
        name, protein = "coding_sequence", []
    else:
        name = "stop_retained" if amino_acid == "*" else "stop_lost"
        residues = f"{number}*" if amino_acid == "*" else f"{number}*>{number}{amino_acid}"
        position, ref, alt = change
        strand = "+" if transcript.strand > 0 else "-"
        protein = [strand, residues, f"{position}{ref}>{alt}"]
    others = [other for other in names if other != _UTR]
    return "|".join(["&".join([name, *others]), *fields[1:4], *protein])
