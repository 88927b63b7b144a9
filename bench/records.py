"""Writes the input of benchmarks: records over a bundle's whole reference, the same each time."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SEED = 20_240_229
BASES = "ACGT"
MAX_INDEL_BASES = 6
SHARE_OF_INDELS = 0.2

HEADER = """##fileformat=VCFv4.2
##FILTER=<ID=PASS,Description="All filters passed">
##INFO=<ID=DP,Number=1,Type=Integer,Description="Depth">
##INFO=<ID=AF,Number=A,Type=Float,Description="Allele frequency">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">
"""
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\tS2\n"


@dataclass(frozen=True)
class Sequence:
    """A contig of the reference, with its bases in upper case."""

    name: str
    bases: str


def read_reference(bundle: Path) -> list[Sequence]:
    """Read the reference sequences of a bundle."""
    manifest = json.loads((bundle / "manifest.json").read_text())
    sequences = []
    for part in (bundle / manifest["fasta"]).read_text().split(">")[1:]:
        title, *lines = part.split("\n")
        sequences.append(Sequence(title.split()[0], "".join(lines).upper()))
    return sequences


def write_records(reference: list[Sequence], count: int, out: Path) -> None:
    """Write a VCF of `count` records, spread evenly and in order over the reference."""
    with out.open("w") as vcf:
        vcf.write(HEADER)
        for sequence in reference:
            vcf.write(f"##contig=<ID={sequence.name},length={len(sequence.bases)}>\n")
        vcf.write(COLUMNS)
        vcf.writelines(_records(reference, count))


def _records(reference: list[Sequence], count: int) -> Iterator[str]:
    rng = random.Random(SEED)  # noqa: S311 - chooses variants, not secrets
    total = sum(len(sequence.bases) for sequence in reference)
    begin, number = 0, 0
    for sequence in reference:
        end = begin + len(sequence.bases)
        while number < count and number * total // count < end:
            offset = number * total // count - begin
            yield _record(sequence, offset, rng)
            number += 1
        begin = end


def _record(sequence: Sequence, offset: int, rng: random.Random) -> str:
    ref, alt = _alleles(sequence.bases, offset, rng)
    depth = rng.randrange(20, 2000)
    info = f"DP={depth};AF={rng.random():.3f}"
    genotypes = f"GT:DP\t0/1:{depth // 2}\t1/1:{depth - depth // 2}"
    quality = rng.randrange(30, 500)
    return f"{sequence.name}\t{offset + 1}\t.\t{ref}\t{alt}\t{quality}\tPASS\t{info}\t{genotypes}\n"


def _alleles(bases: str, offset: int, rng: random.Random) -> tuple[str, str]:
    """A substitution, an insertion after the base, or a deletion of the bases after it."""
    ref = bases[offset]
    if rng.random() >= SHARE_OF_INDELS:
        return ref, rng.choice([base for base in BASES if base != ref])
    length = rng.randint(1, MAX_INDEL_BASES)
    deleted = bases[offset : offset + 1 + length]
    if rng.random() < 0.5 and len(deleted) == 1 + length:
        return deleted, ref
    return ref, ref + "".join(rng.choice(BASES) for _ in range(length))
