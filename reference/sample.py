"""A sample for bundles that were given none: known variants of a track, some of each contig."""

from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import pysam

EACH = 3
"""Variants of a contig."""
MOST_CONTIGS = 30
"""A genome of thousands of scaffolds has its chromosomes first."""


def write_sample(track: Path, lengths: Mapping[str, int], target: Path) -> None:
    """Write a VCF of a track's records: those from the middle of each contig on, else its first.

    Args:
        track: of the bundle, indexed.
        lengths: of the contigs, in the bundle's order.
        target: the file.
    """
    lines = ["##fileformat=VCFv4.3"]
    lines += [f"##contig=<ID={name},length={length}>" for name, length in lengths.items()]
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO")
    with pysam.TabixFile(str(track)) as file:
        there = [name for name in lengths if name in file.contigs][:MOST_CONTIGS]
        for name in there:
            found = list(islice(file.fetch(name, lengths[name] // 2), EACH))
            found = found or list(islice(file.fetch(name), EACH))
            for record in found:
                contig, position, _, ref, alt = str(record).split("\t")[:5]
                lines.append("\t".join((contig, position, ".", ref, alt, ".", "PASS", ".")))
    target.write_text("\n".join([*lines, ""]), encoding="utf-8")
