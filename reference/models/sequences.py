"""Bases of transcripts, read exon by exon: no contig is ever in memory as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass

from reference.models.models import Models
from reference.models.translation import complement
from runtime.vcf.fasta import Fasta


@dataclass(frozen=True)
class TranscriptBases:
    """A transcript's bases in its own direction.

    Attributes:
        spliced: all exons.
        coding: the CDS, with an N for each base that is missing before its first; empty without.
        five_prime, three_prime: the rest of the exons on both sides of a CDS.
    """

    spliced: bytes
    coding: bytes = b""
    five_prime: bytes = b""
    three_prime: bytes = b""


def read_bases(models: Models, fasta: Fasta) -> Iterator[TranscriptBases]:
    """Yield the bases of each transcript, in the order of the models."""
    stretches: dict[tuple[str, int, int], bytes] = {}
    exons = zip(models.exons["start"], models.exons["end"], strict=True)
    columns = ("contig", "direction", "exon_count", "coding_start", "coding_end", "phase")
    rows = models.transcripts.select(columns).iter_rows()
    for contig, direction, count, first, last, phase in rows:
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
            yield TranscriptBases(spliced)
            continue
        yield TranscriptBases(
            spliced=spliced,
            coding=b"N" * phase + spliced[first - 1 : last],
            five_prime=spliced[: first - 1],
            three_prime=spliced[last:],
        )
