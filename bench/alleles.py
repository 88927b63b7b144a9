"""Inputs of the benchmarks: VCFs of distinct alleles, the same each time.

No allele comes twice, so no cache of answers can help: what is measured is annotation.
"""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

from runtime.vcf.fasta import Fasta

SEED = 20_240_229
BASES = "ACGT"
MAX_INDEL_BASES = 6
SHARE_OF_INDELS = 0.1
ALLELES_BETWEEN_TICKS = 10_000

HEADER = """##fileformat=VCFv4.2
##FILTER=<ID=PASS,Description="All filters passed">
##INFO=<ID=DP,Number=1,Type=Integer,Description="Depth">
##INFO=<ID=AF,Number=A,Type=Float,Description="Allele frequency">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">
"""
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\tS2\n"

Tick = Callable[[int], None]


def _silent(_alleles: int) -> None: ...


def write_spread(fasta: Fasta, count: int, out: Path, report_progress: Tick = _silent) -> int:
    """Write at most one allele a position, spread evenly over all contigs, in order.

    Nine in ten are substitutions, the others insertions and deletions. Where the reference has no
    base (N), none is written.

    Args:
        fasta: the reference.
        count: how many, at most the length of the reference.
        out: the VCF.
        report_progress: called with the number of alleles so far.

    Returns:
        How many there are.

    Raises:
        ValueError: the reference has fewer positions.
    """
    total = sum(fasta.lengths.values())
    if count > total:
        raise ValueError(f"{count:,} alleles need as many positions, there are {total:,}")
    return _write(fasta, _spread(fasta, count, total), out, report_progress)


def write_every_snv(fasta: Fasta, out: Path) -> int:
    """Write the three substitutions of each base; return how many there are."""
    return _write(fasta, _every_snv(fasta), out, _silent)


Allele = tuple[str, int, str, str]
"""Contig, position from 1, REF and ALT."""


def _write(fasta: Fasta, alleles: Iterator[Allele], out: Path, report_progress: Tick) -> int:
    dice = random.Random(SEED)  # noqa: S311 - chooses values, not secrets
    number = 0
    with out.open("w") as vcf:
        vcf.write(HEADER)
        for name, length in fasta.lengths.items():
            vcf.write(f"##contig=<ID={name},length={length}>\n")
        vcf.write(COLUMNS)
        for number, allele in enumerate(alleles, 1):
            vcf.write(_record(allele, dice))
            if number % ALLELES_BETWEEN_TICKS == 0:
                report_progress(number)
    return number


def _record(allele: Allele, dice: random.Random) -> str:
    contig, position, ref, alt = allele
    depth = dice.randrange(20, 2000)
    info = f"DP={depth};AF={dice.random():.3f}"
    genotypes = f"GT:DP\t0/1:{depth // 2}\t1/1:{depth - depth // 2}"
    quality = dice.randrange(30, 500)
    return f"{contig}\t{position}\t.\t{ref}\t{alt}\t{quality}\tPASS\t{info}\t{genotypes}\n"


def _spread(fasta: Fasta, count: int, total: int) -> Iterator[Allele]:
    """One allele somewhere in each of `count` stretches of the whole reference."""
    dice = random.Random(SEED)  # noqa: S311 - chooses variants, not secrets
    begin = number = 0
    for contig, length in fasta.lengths.items():
        end = begin + length
        while number < count and number * total // count < end:
            first, last = number * total // count, (number + 1) * total // count
            position = min(dice.randrange(first, last), end - 1) - begin + 1
            number += 1
            bases = fasta.bases(contig, position, 1 + MAX_INDEL_BASES).decode()
            if bases[0] in BASES:
                yield contig, position, *_change(bases, dice)
        begin = end


def _change(bases: str, dice: random.Random) -> tuple[str, str]:
    """A substitution of the first base, an insertion behind it, or a deletion of what follows."""
    ref = bases[0]
    if dice.random() >= SHARE_OF_INDELS:
        return ref, dice.choice([base for base in BASES if base != ref])
    length = dice.randint(1, MAX_INDEL_BASES)
    deleted = bases[: 1 + length]
    if dice.random() < 0.5 and len(deleted) == 1 + length and set(deleted) <= set(BASES):
        return deleted, ref
    return ref, ref + "".join(dice.choice(BASES) for _ in range(length))


def _every_snv(fasta: Fasta) -> Iterator[Allele]:
    for contig, length in fasta.lengths.items():
        for position in range(1, length + 1):
            ref = fasta.bases(contig, position, 1).decode()
            if ref in BASES:
                yield from ((contig, position, ref, alt) for alt in BASES if alt != ref)
