"""Tracks: VCFs of known variants, in the form in which an allele is found by its text.

A record has one ALT and the bundle's name of its contig, is left-aligned and has no bases that REF
and ALT share needlessly (https://genome.sph.umich.edu/wiki/Variant_Normalization). Genotypes are
left out. Records that are so already stay as they are; bcftools norm and sort see to the others.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pysam

from reference.errors import InputError
from reference.options import TrackOption
from reference.progress import Progress
from reference.reduction import Reduction
from reference.text_files import read_lines
from reference.track_header import read_header
from runtime.common.manifest import Track
from runtime.vcf.bgzf import BgzfWriter
from runtime.vcf.fasta import Fasta

TABIX_MOST = 2**29
"""Positions that a .tbi can index; longer contigs need a .csi."""

_COLUMNS = 8


@dataclass(frozen=True)
class TrackBuilder:
    """Makes the tracks of a bundle.

    Attributes:
        folder: of the bundle.
        scratch: for what is on the way.
        fasta: the bundle's.
        find: the bundle's name of a contig, or None.
        left_out: counts records that can't be used, by reason.
    """

    folder: Path
    scratch: Path
    fasta: Path
    find: Callable[[str], str | None]
    left_out: Counter[str]
    progress: Progress

    def add(self, option: TrackOption) -> Track:
        """Write a track's file and index into the bundle.

        Raises:
            InputError: a field isn't in its header, it has no contig in common with the bundle, or
                it belongs to another assembly.
        """
        header = read_header(option)
        target = self.folder / f"{option.name}.vcf.gz"
        copy = _Copy(option, self)
        first = self.scratch / f"{option.name}.vcf.gz"
        with BgzfWriter(first) as out:
            copy.write(out)
        if copy.fits:
            first.rename(target)
        else:
            self._normalize(first, target)
        index_file(target, self.fasta, preset="vcf")
        return Track(
            name=option.name,
            version=option.version or header.version,
            date=option.date or header.date,
            file=target.name,
            format="vcf",
            fields=header.fields,
        )

    def _normalize(self, source: Path, target: Path) -> None:
        self.progress(f"Track {target.name}: splitting, aligning and sorting its records")
        split = self.scratch / f"split-{target.stem}.bcf"
        form = ("--no-version", "--output-type")
        _bcftools(
            "norm", *form, "b", "--multiallelics", "-any", "-f", self.fasta, "-o", split, source
        )
        # `sort` has no --no-version: it writes no line about itself.
        _bcftools(
            "sort", "--output-type", "z", "--temp-dir", self.scratch / "sort", "-o", target, split
        )


def index_file(path: Path, fasta: Path, *, preset: Literal["gff", "vcf"]) -> None:
    """Index a bgzip file by tabix; in CSI form where a contig of the FASTA is too long for TBI."""
    longest = max(Fasta(fasta).lengths.values())
    pysam.tabix_index(str(path), preset=preset, csi=longest > TABIX_MOST)


class _Copy:
    """Copies a track's records to the bundle's contigs, and finds out whether they fit."""

    def __init__(self, option: TrackOption, builder: TrackBuilder) -> None:
        self._option = option
        self._builder = builder
        self._bases = Fasta(builder.fasta)
        self._reduction = Reduction(option.fields)
        self._names: dict[bytes, bytes | None] = {}
        self._place: tuple[bytes, int] = (b"", 0)
        self._done: set[bytes] = set()
        self._kept = self._contradicting = 0
        self.fits = True

    def write(self, out: BgzfWriter) -> None:
        """Write the header with the bundle's contigs, then the records.

        Raises:
            InputError: nothing can be used, or most records contradict the reference.
        """
        for file in self._option.files:
            for number, line in enumerate(read_lines(file), start=1):
                if line.startswith(b"#"):
                    if file == self._option.files[0]:
                        self._write_header(line, out)
                elif line and (record := self._record(line, file, number)):
                    out.write(record + b"\n")
                if not number % 100_000:
                    self._builder.progress(f"Track {self._option.name}: {number:,} lines read")
        self._check()

    def _write_header(self, line: bytes, out: BgzfWriter) -> None:
        if not line.startswith(b"##"):
            out.write(self._contig_lines() + b"\t".join(line.split(b"\t")[:_COLUMNS]) + b"\n")
        elif self._reduction.keeps(line):
            out.write(line + b"\n")

    def _contig_lines(self) -> bytes:
        lengths = self._bases.lengths.items()
        return "".join(f"##contig=<ID={name},length={size}>\n" for name, size in lengths).encode()

    def _record(self, line: bytes, file: Path, number: int) -> bytes | None:
        columns = line.split(b"\t", _COLUMNS)[:_COLUMNS]
        if len(columns) < _COLUMNS or not columns[1].isdigit():
            raise InputError(file, "this is no record of a VCF", number)
        contig = self._contig(columns[0])
        if contig is None:
            self._leave_out("on contigs that the bundle lacks")
            return None
        if self._option.only_pass and columns[6] not in (b"PASS", b"."):
            self._leave_out("that its publisher filtered out")
            return None
        position, ref, alt = int(columns[1]), columns[3].upper(), columns[4].upper()
        if (ref + alt).translate(None, b"ACGTN,"):
            self._leave_out("without bases as ALT")
            return None
        if self._bases.bases(contig.decode(), position, len(ref)) != ref:
            self._contradicting += 1
            self._leave_out("whose REF contradicts the reference")
            return None
        self._kept += 1
        self._notice(contig, position)
        self.fits = self.fits and _is_normal(ref, alt)
        columns[0], columns[3], columns[4] = contig, ref, alt
        self._reduction.reduce(columns)
        return b"\t".join(columns)

    def _contig(self, given: bytes) -> bytes | None:
        if given not in self._names:
            name = self._builder.find(given.decode("utf-8", "replace"))
            self._names[given] = name.encode() if name else None
        return self._names[given]

    def _notice(self, contig: bytes, position: int) -> None:
        """Whether the records are still in order, each contig in one piece."""
        before, last = self._place
        if contig == before:
            self.fits = self.fits and position >= last
        else:
            self.fits = self.fits and contig not in self._done
            self._done.add(contig)
        self._place = contig, position

    def _leave_out(self, reason: str) -> None:
        self._builder.left_out[f"records of track {self._option.name} {reason}"] += 1

    def _check(self) -> None:
        if self._contradicting > self._kept:
            raise InputError(
                self._option.files[0],
                f"the REF of {self._contradicting:,} records contradicts the reference: "
                "it belongs to another assembly",
            )
        if not self._kept:
            names = ", ".join(sorted(name.decode("utf-8", "replace") for name in self._names)[:5])
            raise InputError(
                self._option.files[0],
                f"no record can be used: it has the contigs {names or '(none)'}; say with --alias "
                "which contig of the FASTA each is",
            )


def _is_normal(ref: bytes, alt: bytes) -> bool:
    """One ALT; the alleles end in different bases, and begin so unless one is a single base."""
    if b"," in alt or ref[-1:] == alt[-1:]:
        return False
    return ref[:1] != alt[:1] or min(len(ref), len(alt)) == 1


def _bcftools(*arguments: str | Path) -> None:
    """Run a command of bcftools in a process of its own: it keeps state between commands."""
    code = "import sys, pysam.bcftools as b; getattr(b, sys.argv[1])(*sys.argv[2:], catch_stdout=0)"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(f"bcftools {arguments[0]} failed: {run.stderr[-2000:]}")
