"""Stop codons within proteins: where most have some, the contig has another genetic code."""

from collections import Counter
from collections.abc import Callable

from reference.models.blocks import Block

_FEWEST = 3


class StopCodons:
    """Counts proteins, and those with a stop codon inside, by contig."""

    def __init__(self) -> None:
        self._proteins: Counter[str] = Counter()
        self._stopped: Counter[str] = Counter()

    def see(self, block: Block) -> None:
        """Count the proteins of a block."""
        for contig, protein in zip(block.transcripts["contig"], block.proteins, strict=True):
            if protein:
                self._proteins[contig] += 1
                self._stopped[contig] += protein.has_stop_inside

    def notes(self, genetic_code: Callable[[str], int]) -> list[str]:
        """Say where more than half of the proteins of a contig have a stop codon inside."""
        return [
            f"by genetic code {genetic_code(contig)}, {stopped} of {self._proteins[contig]} "
            f"proteins of {contig} have a stop codon inside: is it --genetic-code {contig}=NUMBER?"
            for contig, stopped in sorted(self._stopped.items())
            if stopped >= _FEWEST and 2 * stopped > self._proteins[contig]
        ]
