"""Where `bcftools csq` (1.24) is wrong about start and stop codons, and what is right instead.

It calls every change of a start codon `start_lost`, but a genetic code may have several (that of
vertebrate mitochondria has five), and each starts with methionine. And it leaves out the last codon
where the genome holds only its first bases and polyadenylation adds the rest: a bundle marks these
bases as a three_prime_UTR, so that csq says `3_prime_utr` with the transcript.
reference/README.md tells how often each comes up.
"""

from runtime.annotator.transcripts import Transcript, Transcripts
from runtime.common.manifest import Contig
from runtime.vcf.fasta import Fasta
from runtime.vcf.genetic_codes import start_codons, translation

_START_LOST = "start_lost"
_UTR = "3_prime_utr"
_COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


class Corrections:
    """Corrects what csq says of alleles."""

    def __init__(self, fasta: Fasta, transcripts: Transcripts) -> None:
        self._fasta = fasta
        self._transcripts = transcripts

    def corrected(self, texts: str, contig: Contig, position: int, ref: str, alt: str) -> str:
        """Return the consequences of an allele, as BCSQ has them, with what was wrong put right.

        Args:
            texts: one or several, parted by commas.
            contig: where the allele is.
            position: of the first base of `ref`, from 1.
            ref: REF, upper case, as the reference has it.
            alt: one allele of ALT, upper case.
        """
        if _START_LOST not in texts and _UTR not in texts:
            return texts
        change = position, ref, alt
        return ",".join(self._one(text, contig, change) for text in texts.split(","))

    def _one(self, text: str, contig: Contig, change: tuple[int, str, str]) -> str:
        fields = text.split("|")
        names = fields[0].split("&")
        transcript = self._transcripts.by_name.get(fields[2])
        if transcript is None:
            return text
        positions = _coding_positions(transcript)
        if _START_LOST in names:
            after = self._codon(contig, transcript, positions[:3], change)
            starts = start_codons(contig.genetic_code)
            return _start_retained(fields, names) if after in starts else text
        rest = len(positions) % 3
        if _UTR in names and rest and change[0] + len(change[1]) > min(positions[-rest:]):
            after = self._codon(contig, transcript, positions[-rest:], change)
            amino_acid = translation(contig.genetic_code).get(after or "")
            return _last_codon(fields, names, transcript, amino_acid, change)
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
    amino_acid: str | None,
    change: tuple[int, str, str],
) -> str:
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
