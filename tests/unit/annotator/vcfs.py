"""Small VCFs for tests. Positions and bases are of rCRS."""

from pathlib import Path

import pysam

HEADER = "##fileformat=VCFv4.2"
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"

MISSENSE = ("MT", "8993", ".", "T", "G", ".", ".", ".")
"""The NARP/Leigh variant in MT-ATP6: p.Leu156Arg, known and pathogenic."""


def record(
    position: int | str,
    ref: str,
    alt: str,
    *,
    chrom: str = "MT",
    info: str = ".",
    identifier: str = ".",
    rest: str = "",
) -> str:
    """A line of the table; `rest` is FORMAT and the samples, parted by tabs."""
    columns = [chrom, str(position), identifier, ref, alt, ".", ".", info]
    return "\t".join([*columns, *([rest] if rest else [])])


def vcf(*records: str, header: tuple[str, ...] = (), samples: str = "", end: str = "\n") -> str:
    """A VCF of some records; `header` are more header lines, `samples` is FORMAT and the names."""
    columns = "\t".join([COLUMNS, *([samples] if samples else [])])
    return end.join([HEADER, *header, columns, *records, ""])


NARP = record(8993, "T", "G")
MELAS = record(3243, "A", "G")
ONE = vcf(NARP)


def bgzip(text: str, folder: Path) -> bytes:
    """Compress with htslib's own bgzip."""
    plain = folder / "plain.vcf"
    plain.write_text(text)
    pysam.tabix_compress(str(plain), str(folder / "plain.vcf.gz"), force=True)
    return (folder / "plain.vcf.gz").read_bytes()
