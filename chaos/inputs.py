"""The files that are annotated: records of a reference's sample, each line unlike all others."""

import random
from dataclasses import dataclass
from pathlib import Path

SMALL_RECORDS = 60
MEDIUM_RECORDS = 30_000
LARGE_RECORDS = 200_000
"""As many as keep an annotator busy for seconds, so that a kill finds it in the midst."""

SMALL_FILES = 4


@dataclass(frozen=True)
class Inputs:
    """Paths of the files, by size."""

    small: tuple[Path, ...]
    medium: Path
    large: Path


def write_inputs(sample: Path, folder: Path, seed: int) -> Inputs:
    """Write all inputs into a folder, from the records of a sample VCF. The same seed, the same."""
    lines = sample.read_text(encoding="utf-8").splitlines()
    header = [line for line in lines if line.startswith("#")]
    records = [line for line in lines if not line.startswith("#")]
    dice = random.Random(seed)  # noqa: S311 - chooses records, not secrets

    def write(name: str, count: int) -> Path:
        path = folder / f"{name}.vcf"
        chosen = sorted(dice.choices(range(len(records)), k=count))
        body = [_renamed(records[each], number) for number, each in enumerate(chosen)]
        path.write_text("\n".join([*header, *body, ""]), encoding="utf-8")
        return path

    return Inputs(
        small=tuple(write(f"small-{n}", SMALL_RECORDS + n) for n in range(1, SMALL_FILES + 1)),
        medium=write("medium", MEDIUM_RECORDS),
        large=write("large", LARGE_RECORDS),
    )


def _renamed(record: str, number: int) -> str:
    """The record with an ID of its own."""
    contig, position, _, rest = record.split("\t", 3)
    return "\t".join((contig, position, f"chaos{number}", rest))
