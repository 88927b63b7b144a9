"""The first pass over an upload: is it a VCF of this reference, and what of it can be annotated.

It writes batches (see batches.py): for each record and allele which site it is, or why it is none.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl

from runtime.annotator.alleles import Judge, Skip
from runtime.annotator.batches import BatchMaker, alleles_of
from runtime.annotator.bundle import Bundle
from runtime.annotator.errors import InputRejected, shown
from runtime.annotator.gate import COMPARED_RECORDS, Gate
from runtime.annotator.header import Header, read_header
from runtime.annotator.limits import MIB, Limits
from runtime.annotator.reader import Block, Reader
from runtime.annotator.records import records_of
from runtime.annotator.samples import Samples
from runtime.annotator.tags import CONSEQUENCE, NOT_ANNOTATED, TagsInUse
from runtime.vcf.ref_alleles import Record, has_plain_bases

PROBLEMS_SHOWN = 5
"""Of each reason for not annotating an allele, so many examples are kept."""


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
        in_order: whether the records are sorted by position, each contig in one piece.
        blank_lines: empty lines between or after the variants, which are left out.
        batches: folders of the batches, in the order of the records.
        sites: distinct alleles for the engines, of all batches together.
        problems: examples of what can't be annotated.
        others: contigs that are other sequences than the bundle's of that name.
        assembly: the file's, and what tells it, in words.
        notes: sentences on what of its assembly is odd.
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
    contigs: Counter[str] = field(default_factory=Counter)
    in_order: bool = True
    blank_lines: int = 0
    batches: list[Path] = field(default_factory=list)
    sites: int = 0
    problems: list[Problem] = field(default_factory=list)
    others: frozenset[str] = frozenset()
    assembly: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def samples(self) -> Samples:
        """The samples that the header names."""
        return Samples.of(self.header.samples)


def check(
    source: Path,
    folder: Path,
    bundle: Bundle,
    *,
    limits: Limits,
    report_progress: Callable[[float], None],
    offered: Sequence[Bundle] = (),
) -> Findings:
    """Read an upload to its end, and write its batches into `folder`.

    Args:
        source: the upload; plain, gzip or bgzip.
        folder: an empty folder; the batches get folders in it.
        bundle: the reference.
        limits: bounds of the file, and of a batch.
        report_progress: told the share that has been read; may raise to end the check.
        offered: all references that the service offers, in their order; none: the bundle alone.

    Raises:
        InputRejected: with a sentence for the person who uploaded the file.
    """
    with Reader(source, limits, report_progress) as reader:
        blocks = reader.blocks()
        header, rest = read_header(blocks, limits)
        tags = TagsInUse((CONSEQUENCE, NOT_ANNOTATED, *(added.tag for added in bundle.fields)))
        findings = Findings(header, tags, compression=reader.compression)
        for line in header.lines:
            tags.look_at(line)
        gate = Gate(bundle, offered or (bundle,), header)
        findings.others = gate.others
        _Table(findings, gate, limits, folder).read(rest, blocks)
        findings.crlf, findings.bom = reader.crlf, reader.bom
    _check_as_a_whole(findings, gate)
    return findings


class _Table:
    """Reads the records, block by block."""

    def __init__(self, findings: Findings, gate: Gate, limits: Limits, folder: Path) -> None:
        self._findings = findings
        self._gate = gate
        self._bundle = bundle = gate.chosen
        self._limits = limits
        self._folder = folder
        self._judge = Judge(bundle, limits, findings.others)
        places = {contig.name: at for at, contig in enumerate(bundle.manifest.contigs)}
        self._places = {
            name: places[contig.name]
            for name, contig in ((name.decode(), contig) for name, contig in bundle.contigs.items())
            if name not in self._judge.others
        }
        self._examples: Counter[str] = Counter()
        self._batch = BatchMaker()
        self._last = ("", 0)
        self._left: set[str] = set()
        self._name_bytes = 0

    def read(self, first: Block, others: Iterator[Block]) -> None:
        for block in chain([first], others):
            self._block(block)
            if (
                self._batch.record_count >= self._limits.batch_records
                or self._batch.further_alleles >= self._limits.batch_further_alleles
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
            if self._findings.sites > self._limits.alleles:
                raise InputRejected(
                    f"The file has more than {self._limits.alleles:,} alleles to annotate, which "
                    "is what one job can annotate in an hour. Split it, for example by "
                    "chromosome, and submit the parts."
                )
        self._batch = BatchMaker()

    def _block(self, block: Block) -> None:
        findings = self._findings
        findings.tags_in_use.look_at(block.text)
        records = records_of(block, findings.header.tabs)
        findings.blank_lines += len(block.lines) - len(records)
        if records.is_empty():
            return
        findings.records += len(records)
        self._refuse_too_many_alleles(records)
        self._count_contigs(records)
        self._watch_order(records)
        groups, of_records = _grouped(records)
        self._gate.look_at(_plain(groups))
        place = pl.col("chrom").replace_strict(self._places, default=None, return_dtype=pl.UInt32)
        groups = groups.with_columns(place.alias("contig"))
        groups = groups.with_columns(self._judge.contradicts(groups).alias("contradicts"))
        self._count_contradictions(groups, of_records)
        alleles = alleles_of(groups)
        alleles = alleles.with_columns(self._judge.skips(alleles))
        self._note(alleles)
        self._batch.add(of_records, alleles)

    def _refuse_too_many_alleles(self, records: pl.DataFrame) -> None:
        count = pl.col("alts").str.count_matches(",", literal=True) + 1
        most = self._limits.record_alleles
        # A record has a comma less than alleles, and each allele has a base.
        long = records.filter(pl.col("alts").str.len_bytes() > most)
        for line, alleles in long.select("line", count).filter(pl.col("alts") > most).iter_rows():
            raise InputRejected(
                f"{alleles:,} ALT alleles; a record may have {most:,}. Split the record with "
                "`bcftools norm -m -any`.",
                line=line,
            )

    def _count_contigs(self, records: pl.DataFrame) -> None:
        contigs, limits = self._findings.contigs, self._limits
        counts = records.group_by("chrom", maintain_order=True).agg(pl.len(), pl.col("line").min())
        for name, count, line in counts.iter_rows():
            if name not in contigs:
                self._name_bytes += len(name.encode())
            contigs[name] += count
            if len(name.encode()) > limits.contig_name_bytes:
                raise InputRejected(
                    f"the contig's name is longer than {limits.contig_name_bytes:,} bytes.",
                    line=line,
                )
            if len(contigs) > limits.contigs:
                raise InputRejected(f"more than {limits.contigs:,} different contigs.", line=line)
            if self._name_bytes > limits.contig_names_bytes:
                raise InputRejected(
                    f"the names of the contigs so far have more than "
                    f"{limits.contig_names_bytes / MIB:g} MiB.",
                    line=line,
                )

    def _watch_order(self, records: pl.DataFrame) -> None:
        """Take note whether the records are sorted by position, each contig in one piece."""
        runs = records.group_by(pl.col("chrom").rle_id().alias("run"), maintain_order=True).agg(
            pl.col("chrom").first(),
            pl.col("position").first().alias("first"),
            pl.col("position").last().alias("last"),
            (pl.col("position").diff() >= 0).all().alias("ascends"),
        )
        for _, name, first, last, ascends in runs.iter_rows():
            goes_on = name == self._last[0] and first >= self._last[1]
            new = name != self._last[0] and name not in self._left
            self._findings.in_order &= ascends and (goes_on or new)
            self._left.add(name)
            self._last = name, last

    def _count_contradictions(self, groups: pl.DataFrame, of_records: pl.Series) -> None:
        verdicts = groups["contradicts"].gather(of_records)
        self._findings.on_known_contigs += len(verdicts) - verdicts.null_count()
        self._findings.contradicting += int(verdicts.sum() or 0)
        if not self._findings.first_contradiction:
            for row in groups.filter("contradicts").head(1).iter_rows(named=True):
                self._findings.first_contradiction = self._contradiction(row)

    def _note(self, alleles: pl.DataFrame) -> None:
        skipped = alleles.filter(pl.col("skip") != Skip.UNSPECIFIED.value)
        if skipped.is_empty():
            return
        columns = ("line", "chrom", "position", "skip")
        first = skipped.group_by("skip").head(PROBLEMS_SHOWN).select(columns).sort("line")
        for line, contig, position, skip in first.iter_rows():
            if self._examples[skip] < PROBLEMS_SHOWN:
                self._examples[skip] += 1
                name = shown(contig.encode())
                self._findings.problems.append(Problem(line, name, position, skip))

    def _contradiction(self, group: Mapping[str, Any]) -> str:
        contig = self._bundle.manifest.contigs[group["contig"]]
        position, ref, length = group["position"], group["ref"].encode(), contig.length
        found = self._bundle.fasta.bases(contig.name, position, max(1, min(len(ref), 10)))
        place = f"line {group['line']}, {shown(group['chrom'].encode())} {position}"
        if position + len(ref) - 1 > length:
            circular = ", and is circular: count on from 1" if contig.circular else ""
            return f"{place}: the contig ends at {length:,}{circular}"
        return f"{place}: REF is {shown(ref, 10)}, the reference has {shown(found)}"


def _grouped(records: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """The distinct records of a block as groups, and the group of each record."""
    keys = ["chrom", "position", "ref", "alts", "block"]
    groups = records.unique(keys, keep="first", maintain_order=True).with_row_index("group")
    if len(groups) == len(records):
        return groups, groups["group"]
    of_records = records.select(keys).join(
        groups.select("group", *keys), on=keys, how="left", maintain_order="left"
    )
    return groups, of_records["group"]


def _plain(groups: pl.DataFrame) -> Iterator[Record]:
    """Of a block's first groups, those with plain bases in REF."""
    rows = groups.select("chrom", "position", "ref").head(COMPARED_RECORDS).iter_rows()
    yield from filter(has_plain_bases, (Record(*row) for row in rows))


def _check_as_a_whole(findings: Findings, gate: Gate) -> None:
    if findings.records == 0:
        raise InputRejected("The file has a header but no variants: there is nothing to annotate.")
    gate.check_contigs(findings.contigs)
    gate.check_refs(
        contradicting=findings.contradicting,
        compared=findings.on_known_contigs,
        first=findings.first_contradiction,
    )
    findings.assembly, findings.notes = gate.assembly, gate.notes
