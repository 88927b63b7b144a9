"""The first pass over an upload: is it a VCF of this reference, and what of it can be annotated.

It writes batches (see batches.py): for each record and allele which site it is, or why it is none.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from runtime.annotator.alleles import Judge, Skip
from runtime.annotator.batches import BatchMaker, Group
from runtime.annotator.bundle import Bundle
from runtime.annotator.errors import InputRejected, shown
from runtime.annotator.header import Header, read_header
from runtime.annotator.limits import MIB, Limits
from runtime.annotator.reader import Block, Reader
from runtime.annotator.tags import CONSEQUENCE, NOT_ANNOTATED, TagsInUse
from runtime.common.manifest import Contig

PROBLEMS_SHOWN = 5
"""Of each reason for not annotating an allele, so many examples are kept."""

MAX_CONTRADICTIONS = 0.1
"""Share of the records on known contigs whose REF may contradict the reference."""

ALLELE_OVERHEAD = 200
"""Bytes that Python takes to remember one allele, roughly."""

_POSITION = re.compile(rb"\d{1,10}")
_CONTIG_NAME = re.compile(rb"[^#\s][^\s]*")


@dataclass(frozen=True)
class Problem:
    """An allele that can't be annotated: where it is, and why."""

    line: int
    contig: str
    position: int
    reason: str


@dataclass
class Findings:
    """What the check found in an upload.

    Attributes:
        records: variants in the file.
        on_known_contigs: of these, on contigs that the bundle has.
        contradicting: of these, with a REF that contradicts the reference.
        first_contradiction: the first of them, in words.
        contigs: records by contig, in the order of the file.
        blank_lines: empty lines between or after the variants, which are left out.
        batches: folders of the batches, in the order of the records.
        sites: distinct alleles for the engines, of all batches together.
        problems: examples of what can't be annotated.
    """

    header: Header
    tags_in_use: TagsInUse
    compression: str = ""
    crlf: bool = False
    bom: bool = False
    records: int = 0
    on_known_contigs: int = 0
    contradicting: int = 0
    first_contradiction: str = ""
    contigs: Counter[bytes] = field(default_factory=Counter)
    blank_lines: int = 0
    batches: list[Path] = field(default_factory=list)
    sites: int = 0
    problems: list[Problem] = field(default_factory=list)


def check(
    source: Path,
    folder: Path,
    bundle: Bundle,
    *,
    limits: Limits,
    tick: Callable[[float], None],
) -> Findings:
    """Read an upload to its end, and write its batches into `folder`.

    Args:
        source: the upload; plain, gzip or bgzip.
        folder: an empty folder; the batches get folders in it.
        bundle: the reference.
        limits: bounds of the file, and of a batch.
        tick: told the share of the upload that has been read; may raise to end the check.

    Raises:
        InputRejected: with a sentence for the person who uploaded the file.
    """
    with Reader(source, limits, tick) as reader:
        blocks = reader.blocks()
        header, rest = read_header(blocks, limits)
        tags = TagsInUse((CONSEQUENCE, NOT_ANNOTATED, *(added.tag for added in bundle.fields)))
        findings = Findings(header, tags, compression=reader.compression)
        for line in header.lines:
            tags.look_at(line)
        _Table(findings, bundle, limits, folder).read(rest, blocks)
        findings.crlf, findings.bom = reader.crlf, reader.bom
    _check_as_a_whole(findings, bundle)
    return findings


class _Table:
    """Reads the records. The verdict on an allele is remembered while the position stays."""

    def __init__(self, findings: Findings, bundle: Bundle, limits: Limits, folder: Path) -> None:
        self._findings = findings
        self._bundle = bundle
        self._limits = limits
        self._folder = folder
        self._judge = Judge(bundle, limits)
        self._places = {contig.name: at for at, contig in enumerate(bundle.manifest.contigs)}
        self._examples: Counter[Skip] = Counter()
        self._batch = BatchMaker()
        self._contig: Contig | None = None
        self._leave()

    def _leave(self) -> None:
        """Forget the position."""
        # No record has these: each column is without tabs, and may be empty.
        self._chrom = self._pos = b"\t"
        self._position = 0
        self._verdicts: dict[tuple[bytes, bytes], tuple[bool, int]] = {}
        self._bytes_here = 0

    def read(self, first: Block, others: Iterator[Block]) -> None:
        for block in chain([first], others):
            self._block(block)
            if (
                self._batch.record_count >= self._limits.batch_records
                or self._batch.allele_bytes >= self._limits.batch_allele_bytes
            ):
                self._finish_batch()
        self._finish_batch()

    def _finish_batch(self) -> None:
        if self._batch.record_count:
            batch = self._batch.finish()
            folder = self._folder / f"{len(self._findings.batches):06}"
            batch.write(folder)
            self._findings.batches.append(folder)
            self._findings.sites += len(batch.sites)
        self._batch = BatchMaker()
        self._leave()

    def _block(self, block: Block) -> None:
        self._findings.tags_in_use.look_at(block.text)
        tabs, batch = self._findings.header.tabs, self._batch
        records = contradicting = 0
        for number, line in enumerate(block.lines, block.first_line):
            if line.count(b"\t") != tabs:
                self._odd(line, number)
                continue
            chrom, pos, _, ref, alts, _ = line.split(b"\t", 5)
            if pos != self._pos or chrom != self._chrom:
                self._count(records, contradicting)
                records = contradicting = 0
                self._enter(chrom, pos, number)
            verdict = self._verdicts.get((ref, alts))
            if verdict is None:
                verdict = self._verdict(ref, alts, number)
            records += 1
            contradicting += verdict[0]
            batch.record(verdict[1])
        self._count(records, contradicting)

    def _count(self, records: int, contradicting: int) -> None:
        """Count the records read at the current position."""
        if records:
            findings = self._findings
            findings.records += records
            findings.contigs[self._chrom] += records
            findings.contradicting += contradicting
            findings.on_known_contigs += records if self._contig is not None else 0

    def _odd(self, line: bytes, number: int) -> None:
        """A line that hasn't as many columns as the header."""
        if not line:
            self._findings.blank_lines += 1
            return
        if line.startswith(b"#"):
            raise InputRejected(
                "a header line among the variants: are these several files in one?", line=number
            )
        found, wanted = line.count(b"\t") + 1, self._findings.header.tabs + 1
        hint = " Columns must be separated by tabs, not spaces." if found == 1 else ""
        raise InputRejected(
            f"{found} column{'s' * (found > 1)}, where the header names {wanted}.{hint}",
            line=number,
        )

    def _enter(self, chrom: bytes, pos: bytes, number: int) -> None:
        if not _POSITION.fullmatch(pos):
            raise InputRejected(f"POS is {shown(pos)!r}, and not a number.", line=number)
        if chrom != self._chrom:
            self._enter_contig(chrom, number)
        self._chrom, self._pos, self._position = chrom, pos, int(pos)
        self._verdicts = {}
        self._bytes_here = 0

    def _enter_contig(self, chrom: bytes, number: int) -> None:
        if chrom.startswith(b"#"):
            raise InputRejected(
                "a header line among the variants: are these several files in one?", line=number
            )
        if not _CONTIG_NAME.fullmatch(chrom):
            raise InputRejected(f"CHROM is {shown(chrom)!r}, and not a name.", line=number)
        if len(self._findings.contigs) >= self._limits.contigs:
            raise InputRejected(
                f"more than {self._limits.contigs:,} different contigs.", line=number
            )
        self._contig = self._bundle.contigs.get(chrom)

    def _verdict(self, ref: bytes, alts: bytes, number: int) -> tuple[bool, int]:
        """Judge a record's alleles; does REF contradict the reference, and in which group is it?"""
        self._bytes_here += len(ref) + len(alts) + ALLELE_OVERHEAD
        if self._bytes_here > self._limits.position_bytes:
            limit = self._limits.position_bytes / MIB
            raise InputRejected(
                f"the different alleles at this position take more than {limit:g} MiB.", line=number
            )
        contig, position = self._contig, self._position
        contradicts = contig is not None and self._judge.contradicts(contig, position, ref)
        skips = self._judge.skips(contig, ref, alts, contradicts=contradicts)
        for skip in skips:
            if skip is not None:
                self._note(skip, number)
        if contradicts and not self._findings.first_contradiction:
            self._findings.first_contradiction = self._contradiction(ref, number)
        place = None if contig is None else self._places[contig.name]
        group = self._batch.group(Group(self._chrom, place, position, ref, alts), skips)
        verdict = self._verdicts[ref, alts] = contradicts, group
        return verdict

    def _note(self, skip: Skip, number: int) -> None:
        if self._examples[skip] < PROBLEMS_SHOWN:
            self._examples[skip] += 1
            contig = shown(self._chrom)
            self._findings.problems.append(Problem(number, contig, self._position, skip.value))

    def _contradiction(self, ref: bytes, number: int) -> str:
        name = self._contig.name if self._contig is not None else ""
        found = self._bundle.fasta.bases(name, self._position, max(1, min(len(ref), 10)))
        place = f"line {number}, {shown(self._chrom)} {self._position}"
        has = shown(found) if found else "no such position"
        return f"{place}: REF is {shown(ref, 10)}, the reference has {has}"


def _check_as_a_whole(findings: Findings, bundle: Bundle) -> None:
    if findings.records == 0:
        raise InputRejected("The file has a header but no variants: there is nothing to annotate.")
    if findings.on_known_contigs == 0:
        seen = ", ".join(shown(name) for name in list(findings.contigs)[:10])
        more = len(findings.contigs) - 10
        raise InputRejected(
            "No variant is on a contig that this service knows. The file has "
            f"{seen}{f' and {more} more' if more > 0 else ''}; known are {bundle.known_contigs()}."
        )
    share = findings.contradicting / findings.on_known_contigs
    if share > MAX_CONTRADICTIONS:
        raise InputRejected(
            f"The reference alleles contradict {bundle.manifest.assembly} in "
            f"{findings.contradicting:,} of {findings.on_known_contigs:,} records (first at "
            f"{findings.first_contradiction}): the file was probably made against another assembly."
        )
