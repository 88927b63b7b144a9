"""Bundles of a few invented rows: each test of a dialect or a fault writes its own."""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from reference.build import Built, build
from reference.options import BuildOptions, ContigOptions, TrackOption
from reference.progress import SILENT

LENGTH = 3_000

SEQUENCE = "ACGTACGTTTTTGCAACGATCGATTACA" * 10
GENES = (
    "9 gene 1 9 + . ID=gene:G",
    "9 ncRNA 1 9 + . ID=t;Parent=gene:G",
    "9 exon 1 9 + . Parent=t",
)
"""A contig and a gene, for tests that look at something else."""


@dataclass(frozen=True)
class Small:
    """A bundle, with the rows of its table of transcripts by stable_id."""

    folder: Path
    built: Built

    @property
    def rows(self) -> list[dict[str, Any]]:
        return list(pq.read_table(self.folder / "transcripts.parquet").to_pylist())

    @property
    def transcripts(self) -> dict[str, dict[str, Any]]:
        return {row["stable_id"]: row for row in self.rows}

    @property
    def left_out(self) -> dict[str, int]:
        return dict(self.built.manifest.left_out)


def bases(length: int = LENGTH, seed: int = 1) -> str:
    return "".join(random.Random(seed).choices("ACGT", k=length))


def gff3(*rows: str) -> str:
    """Rows with their columns between spaces: `9 gene 1 100 + . ID=x` (no source, no score)."""
    lines = ["##gff-version 3"]
    for row in rows:
        contig, kind, start, end, strand, phase, attributes = row.split(" ", 6)
        columns = (contig, "made", kind, start, end, ".", strand, phase, attributes)
        lines.append("\t".join(columns))
    return "\n".join([*lines, ""])


def build_small(
    folder: Path,
    *rows: str,
    contigs: dict[str, str] | None = None,
    options: ContigOptions | None = None,
    tracks: tuple[TrackOption, ...] = (),
) -> Small:
    """Build a bundle of rows; without `contigs`, of one contig 9 with LENGTH bases."""
    sequences = contigs or {"9": bases()}
    fasta, genes = folder / "x.fa", folder / "x.gff3"
    fasta.write_text("".join(f">{name}\n{text}\n" for name, text in sequences.items()))
    genes.write_text(gff3(*rows))
    made = BuildOptions(
        name="small",
        assembly="Small1",
        fasta=(fasta,),
        genes=genes,
        contigs=options or ContigOptions(),
        tracks=tracks,
    )
    out = folder / "bundle"
    return Small(out, build(made, out, SILENT))
