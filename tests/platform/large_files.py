"""A file that keeps an annotator busy for seconds."""

from pathlib import Path

from bench.alleles import COLUMNS, write_every_snv
from runtime.vcf.fasta import Fasta

TIMES = 4


def write_large_file(bundle: Path, out: Path) -> None:
    """Write every SNV of a bundle's genome several times over: more than a Free user may upload."""
    write_every_snv(Fasta(bundle / "genome.fa"), out)
    records = out.read_text().split(COLUMNS)[1]
    with out.open("a") as vcf:
        vcf.writelines([records] * (TIMES - 1))
