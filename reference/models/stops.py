"""Stop codons within proteins: where most have some, the contig has another genetic code."""

from collections import Counter
from collections.abc import Callable, Iterable

import polars as pl

from reference.models.sequences import STOP, TranscriptBases

_FEWEST = 3


class StopCodons:
    """Counts proteins, and those with a stop codon inside, by contig."""

    def __init__(self) -> None:
        self._proteins: Counter[str] = Counter()
        self._stopped: Counter[str] = Counter()

    def see(self, transcripts: pl.DataFrame, bases: Iterable[TranscriptBases]) -> None:
        """Count transcripts; `bases` are theirs."""
        for contig, each in zip(transcripts["contig"], bases, strict=True):
            if each.coding:
                self._proteins[contig] += 1
                self._stopped[contig] += STOP in each.peptide

    def notes(self, genetic_code: Callable[[str], int]) -> list[str]:
        """Say where more than half of the proteins of a contig have a stop codon inside."""
        return [
            f"by genetic code {genetic_code(contig)}, {stopped} of {self._proteins[contig]} "
            f"proteins of {contig} have a stop codon inside: is it --genetic-code {contig}=NUMBER?"
            for contig, stopped in sorted(self._stopped.items())
            if stopped >= _FEWEST and 2 * stopped > self._proteins[contig]
        ]
