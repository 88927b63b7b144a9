"""Indexes bgzip files by tabix, for genome browsers and other programs."""

from pathlib import Path
from typing import Literal

import pysam

from runtime.vcf.fasta import Fasta

TABIX_MOST = 2**29
"""Positions that a .tbi can index; longer contigs need a .csi."""


def index_file(path: Path, fasta: Path, *, preset: Literal["gff", "vcf", "bed"]) -> None:
    """Index a bgzip file; in CSI form where a contig of the FASTA is too long for TBI."""
    longest = max(Fasta(fasta).lengths.values())
    pysam.tabix_index(str(path), preset=preset, csi=longest > TABIX_MOST)
