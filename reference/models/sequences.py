"""Bases of transcripts, read exon by exon: no contig is ever in memory as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass

from reference.models.models import Models
from reference.models.translation import complement, translate
from runtime.vcf.fasta import Fasta

SELENOCYSTEINE, STOP = "U", "*"


@dataclass(frozen=True)
class TranscriptBases:
    """A transcript's bases in its own direction.

    Attributes:
        spliced: all exons.
        coding: the CDS, with an N for each base that is missing before its first; empty without.
        five_prime, three_prime: the rest of the exons on both sides of a CDS.
        peptide: of the CDS, without the stop codon at its end.
    """

    spliced: bytes
    coding: bytes
    five_prime: bytes
    three_prime: bytes
    peptide: str


def read_bases(models: Models, fasta: Fasta) -> Iterator[TranscriptBases]:
    """Yield the bases of each transcript, in the order of the models."""
    stretches: dict[tuple[str, int, int], bytes] = {}
    exons = zip(models.exons["start"], models.exons["end"], strict=True)
    sec: dict[int, list[int]] = {}
    for number, codon in models.selenocysteines.iter_rows():
        sec.setdefault(number, []).append(codon)
    columns = ("contig", "direction", "exon_count", "coding_start", "coding_end", "phase")
    rows = models.transcripts.select(*columns, "genetic_code").iter_rows()
    for number, (contig, direction, count, first, last, phase, code) in enumerate(rows):
        pieces = []
        for _ in range(count):
            start, end = next(exons)
            place = contig, start, end
            if place not in stretches:
                stretches[place] = fasta.bases(contig, start, end - start + 1)
            pieces.append(stretches[place])
        # Exons come from the 5' end on.
        spliced = b"".join(map(complement, pieces) if direction < 0 else pieces)
        if first is None:
            yield TranscriptBases(spliced, b"", b"", b"", "")
            continue
        coding = b"N" * phase + spliced[first - 1 : last]
        yield TranscriptBases(
            spliced=spliced,
            coding=coding,
            five_prime=spliced[: first - 1],
            three_prime=spliced[last:],
            peptide=_peptide(coding, code, sec.get(number, [])),
        )


def _peptide(coding: bytes, genetic_code: int, selenocysteines: list[int]) -> str:
    residues = [*translate(coding, genetic_code)]
    for codon in selenocysteines:
        if codon <= len(residues) and residues[codon - 1] == STOP:
            residues[codon - 1] = SELENOCYSTEINE
    return "".join(residues).removesuffix(STOP)
