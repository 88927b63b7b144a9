"""The GFF3 of `bcftools csq`: transcripts on contigs of other genetic codes than 1.

csq reads Ensembl's ids (gene:, transcript:) and knows Ensembl's biotypes alone (its manual page,
section csq). What follows was found by trying csq 1.24.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from reference.models.blocks import Block
from runtime.vcf.bgzf import BgzfWriter

_HEADER = b"##gff-version 3\n"
_CODING, _OTHER = "protein_coding", "misc_RNA"


class CsqGenes(BgzfWriter):
    """Writes the file. Use as a context manager."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.transcripts = 0
        self.write(_HEADER)

    def add(self, block: Block) -> None:
        """Write the next transcripts: genes, and of each transcript its exons, CDS and UTRs."""
        exons = block.exons.partition_by("t", maintain_order=True)
        rows = block.transcripts.iter_rows(named=True)
        for row, own in zip(rows, exons, strict=True):
            self.write("".join(_lines(row, own)).encode())
            self.transcripts += 1


def _lines(row: dict[str, Any], exons: pl.DataFrame) -> Iterator[str]:
    line = _Lines(row)
    biotype = _CODING if row["coding_start"] else _OTHER
    gene, transcript = row["gene"], row["stable_id"]
    if row["opens_gene"]:
        said = f"ID=gene:{gene};Name={row['symbol'] or gene};biotype={biotype}"
        yield line("gene", row["gene_start"], row["gene_end"], said)
    said = f"ID=transcript:{transcript};Parent=gene:{gene};biotype={biotype}"
    yield line("transcript", row["start"], row["end"], said)
    parent = f"Parent=transcript:{transcript}"
    for start, end in exons.select("start", "end").iter_rows():
        yield line("exon", start, end, parent)
    if row["coding_start"]:
        yield from _coding_lines(line, row, exons, parent)


class _Lines:
    """Makes lines of one transcript."""

    def __init__(self, row: dict[str, Any]) -> None:
        self._contig, self._strand = row["contig"], row["strand"]

    def __call__(
        self, kind: str, start: int, end: int, attributes: str, *, phase: int | str = "."
    ) -> str:
        columns = (self._contig, ".", kind, start, end, ".", self._strand, phase, attributes)
        return "\t".join(map(str, columns)) + "\n"


def _coding_lines(
    line: _Lines, row: dict[str, Any], exons: pl.DataFrame, parent: str
) -> Iterator[str]:
    """The CDS with its incomplete stop codon, and the same bases again as a three_prime_UTR.

    csq drops the bases past the last whole codon from the CDS and calls a change of them `intron`;
    the UTR makes it `3_prime_utr` with the transcript. The CDS must keep them all the same: cut to
    whole codons it counts as complete, its last codon is taken for the stop, and two changes that
    create a stop there become `stop_gained&stop_retained`.
    """
    first, last = row["coding_start"], row["coding_end"]
    for start, end, offset in _stretches(exons, row, first, last):
        phase = (3 - (row["phase"] + offset) % 3) % 3
        yield line("CDS", start, end, f"ID=CDS:{row['stable_id']};{parent}", phase=phase)
    rest = (row["phase"] + row["cds_length"]) % 3
    if rest and not row["end_incomplete"]:
        for start, end, _ in _stretches(exons, row, last - rest + 1, last):
            yield line("three_prime_UTR", start, end, parent)


def _stretches(
    exons: pl.DataFrame, row: dict[str, Any], first: int, last: int
) -> Iterator[tuple[int, int, int]]:
    """Where bases `first` to `last` of the cDNA lie on the contig, and how many came before."""
    columns = ("start", "end", "cdna_start", "cdna_end")
    for start, end, cdna_start, cdna_end in exons.select(columns).iter_rows():
        left, right = max(first, cdna_start), min(last, cdna_end)
        if left > right:
            continue
        before, after = left - cdna_start, cdna_end - right
        if row["direction"] > 0:
            yield start + before, end - after, left - first
        else:
            yield start + after, end - before, left - first
