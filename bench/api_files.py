"""Small VCFs for the benchmark of the API. No two are alike, so that no cache can help."""

import random
from pathlib import Path

from runtime.vcf.fasta import Fasta

VARIANTS = 100
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


def write_files(fasta: Fasta, folder: Path, count: int) -> list[Path]:
    """Write so many VCFs of VARIANTS substitutions each, at random positions of the one contig.

    They are the same each time in a folder of the same name.
    """
    folder.mkdir()
    [(contig, length)] = fasta.lengths.items()
    dice = random.Random(folder.name)  # noqa: S311 - chooses positions, not secrets
    bases = fasta.bases(contig, 1, length).decode().upper()
    known = [index for index, base in enumerate(bases) if base in "ACGT"]
    head = f"##fileformat=VCFv4.2\n##contig=<ID={contig},length={length}>\n"
    written = []
    for number in range(count):
        lines = [
            f"{contig}\t{index + 1}\t.\t{bases[index]}\t{_other(bases[index], dice)}\t.\tPASS\t.\n"
            for index in sorted(dice.sample(known, VARIANTS))
        ]
        file = folder / f"{folder.name}-{number}.vcf"
        file.write_text(head + COLUMNS + "".join(lines))
        written.append(file)
    return written


def _other(base: str, dice: random.Random) -> str:
    return dice.choice("ACGT".replace(base, ""))
