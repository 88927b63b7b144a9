"""Transcripts of the bundle's genes, and where a position lies in them."""

import gzip
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Self

Interval = tuple[int, int]
"""First and last position on the contig, from 1, both inside."""


@dataclass(frozen=True)
class Transcript:
    """A transcript; `exons` and `cds` ascend by position, `strand` is 1 or -1.

    `phase` is that of the CDS's first row: so many bases of it end a codon whose beginning the
    model lacks.
    """

    name: str
    gene: str
    biotype: str
    contig: str
    strand: int
    start: int
    end: int
    exons: tuple[Interval, ...]
    cds: tuple[Interval, ...]
    phase: int = 0

    @property
    def numbering(self) -> str:
        """HGVS's letter for the numbering of `locate`: c where there is a CDS, else n."""
        return "c" if self.cds else "n"

    def locate(self, position: int) -> str | None:
        """Name a position in the transcript's own numbering, None outside of it.

        After https://hgvs-nomenclature.org/stable/background/numbering/: bases of the CDS count
        from 1, before it -1, -2, after it *1, *2; a base of an intron counts from the nearer exon,
        12+3 or 13-2. A transcript without CDS counts from its first base.
        """
        if not self.start <= position <= self.end:
            return None
        number = self.number(position)
        if number is not None:
            return self.named(number)
        return self._in_intron(position)

    def _in_intron(self, position: int) -> str:
        before = max(last for _, last in self.exons if last < position)
        after = min(first for first, _ in self.exons if first > position)
        left, right = (before, after) if self.strand > 0 else (after, before)
        from_left, from_right = abs(position - left), abs(position - right)
        if from_left <= from_right:
            return f"{self.named(self.number(left) or 0)}+{from_left}"
        return f"{self.named(self.number(right) or 0)}-{from_right}"

    def named(self, number: int) -> str:
        """Name a base of the exons by its number, from 1, in the transcript."""
        if not self.cds:
            return str(number)
        first, last = self.cds_numbers
        if number < first:
            return str(number - first)
        return f"*{number - last}" if number > last else str(number - first + 1)

    def number(self, position: int) -> int | None:
        """Return the number, from 1, of a position in the exons; None outside of them."""
        count = 0
        for first, last in self._ordered_exons:
            if first <= position <= last:
                return count + (position - first if self.strand > 0 else last - position) + 1
            count += last - first + 1
        return None

    @cached_property
    def cds_numbers(self) -> tuple[int, int]:
        """Numbers of the first and last base of the CDS."""
        ends = self.number(self.cds[0][0]) or 0, self.number(self.cds[-1][1]) or 0
        return min(ends), max(ends)

    @cached_property
    def _ordered_exons(self) -> tuple[Interval, ...]:
        return self.exons if self.strand > 0 else self.exons[::-1]


class Transcripts:
    """All transcripts of a bundle, by name, by gene and by place."""

    def __init__(self, transcripts: list[Transcript]) -> None:
        self.by_name = {transcript.name: transcript for transcript in transcripts}
        self.by_gene: dict[str, list[Transcript]] = defaultdict(list)
        self._by_contig: dict[str, list[Transcript]] = defaultdict(list)
        for transcript in sorted(transcripts, key=lambda t: t.start):
            self.by_gene[transcript.gene].append(transcript)
            self._by_contig[transcript.contig].append(transcript)
        # The furthest end so far, so that a look-up can stop going back.
        self._ends = {
            contig: list(accumulate((t.end for t in members), max))
            for contig, members in self._by_contig.items()
        }

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read Ensembl-style GFF3: ID=transcript:..., Parent=gene:..., exon and CDS children."""
        with gzip.open(path, "rt", encoding="utf-8") as file:
            return cls(_parse(line for line in file if not line.startswith("#")))

    def overlapping(self, contig: str, start: int, end: int) -> list[Transcript]:
        """Return the transcripts that hold any base of `start` to `end`, by their start."""
        members = self._by_contig.get(contig, [])
        found = []
        at = bisect_right(members, end, key=lambda transcript: transcript.start) - 1
        while at >= 0 and self._ends[contig][at] >= start:
            if members[at].end >= start:
                found.append(members[at])
            at -= 1
        return found[::-1]


@dataclass
class _Parts:
    columns: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    exons: list[Interval] = field(default_factory=list)
    cds: list[Interval] = field(default_factory=list)
    phases: dict[Interval, int] = field(default_factory=dict)


def _parse(lines: Iterable[str]) -> list[Transcript]:
    genes: dict[str, str] = {}
    parts: dict[str, _Parts] = defaultdict(_Parts)
    for line in lines:
        columns = line.rstrip("\n").split("\t")
        attributes = dict(pair.split("=", 1) for pair in columns[8].split(";") if "=" in pair)
        kind, _, name = attributes.get("ID", "").partition(":")
        if kind == "gene":
            genes[name] = attributes.get("Name", name)
        elif kind == "transcript":
            parts[name].columns, parts[name].attributes = columns, attributes
        elif columns[2] in ("exon", "CDS"):
            child_of = parts[attributes["Parent"].removeprefix("transcript:")]
            interval = int(columns[3]), int(columns[4])
            if columns[2] == "exon":
                child_of.exons.append(interval)
            else:
                child_of.cds.append(interval)
                child_of.phases[interval] = int(columns[7])
    return [_transcript(name, part, genes) for name, part in parts.items() if part.columns]


def _transcript(name: str, part: _Parts, genes: dict[str, str]) -> Transcript:
    contig, _, _, start, end, _, strand, _, _ = part.columns
    gene = part.attributes["Parent"].removeprefix("gene:")
    first = min if strand == "+" else max
    return Transcript(
        name=name,
        gene=genes.get(gene, gene),
        biotype=part.attributes.get("biotype", ""),
        contig=contig,
        strand=-1 if strand == "-" else 1,
        start=int(start),
        end=int(end),
        exons=tuple(sorted(part.exons)) or ((int(start), int(end)),),
        cds=tuple(sorted(part.cds)),
        phase=part.phases[first(part.cds)] if part.cds else 0,
    )
