"""Reads an annotated VCF once: its rows into Parquet, its counts into a tally."""

import re
from collections.abc import Callable
from itertools import chain, islice
from pathlib import Path

from runtime.annotator.bundle import Bundle
from runtime.annotator.header import read_header
from runtime.annotator.limits import Limits
from runtime.annotator.parquet import Kept, ParquetWriter, Records
from runtime.annotator.provenance import Provenance
from runtime.annotator.reader import Reader
from runtime.annotator.tally import Counting, Tally
from runtime.annotator.variants import Allele, AlleleReader


def read_table(
    vcf: Path,
    parquet: Path,
    bundle: Bundle,
    *,
    limits: Limits,
    tick: Callable[[float], None],
) -> tuple[Provenance, Tally]:
    """Write the Parquet file of an annotated VCF; return how it was made, and its counts."""
    with Reader(vcf, limits, tick) as reader:
        blocks = reader.blocks()
        header, rest = read_header(blocks, limits)
        provenance = Provenance.from_header(header.lines)
        metadata = {"gas_annotation": provenance.model_dump_json()}
        with ParquetWriter(parquet, bundle, metadata) as writer:
            table = _Table(bundle, provenance, writer)
            for block in chain([rest], blocks):
                if block.lines:
                    table.read(block.lines)
            return provenance, table.finish()


class _Alike:
    """Records at one position with the same alleles and annotation."""

    __slots__ = ("alleles", "kept", "records")

    def __init__(self, alleles: list[Allele], kept: Kept) -> None:
        self.alleles = alleles
        self.kept = kept
        self.records = 0


class _Table:
    """Makes rows; what alleles say is worked out once while the position stays."""

    def __init__(self, bundle: Bundle, provenance: Provenance, writer: ParquetWriter) -> None:
        tags = provenance.tags
        keys = [tags.consequence, tags.allele, tags.not_annotated, *tags.fields.values()]
        # No key of ours occurs in the input: what begins with one is ours, to the end of INFO.
        pattern = rf"(?:^|;)((?:{'|'.join(map(re.escape, keys))})=.*)"
        self._added = re.compile(pattern.encode(), re.DOTALL)
        # The merge writes it first, where there is one.
        self._consequence = f"{tags.consequence}=".encode()
        self._reader = AlleleReader(bundle, tags)
        self._writer = writer
        self._counting = Counting([field.column for field in bundle.fields])
        self._in_order = True
        self._chrom = self._pos = b""
        self._position = 0
        self._contig = ""
        self._records = 0
        self._left: set[bytes] = set()
        self._alike: dict[tuple[bytes, bytes, bytes], _Alike] = {}

    def read(self, lines: list[bytes]) -> None:
        """Add the records of some lines."""
        rows = zip(*[line.split(b"\t", 8) for line in lines], strict=True)
        chroms, positions, ids, refs, alts, qualities, filters, infos = islice(rows, 8)
        kept = []
        for chrom, pos, ref, alt, info in zip(chroms, positions, refs, alts, infos, strict=True):
            if pos != self._pos or chrom != self._chrom:
                self._enter(chrom, pos)
            start = info.find(self._consequence)
            if start < 0:
                match = self._added.search(info)
                start = match.start(1) if match else len(info)
            alike = self._alike.get((ref, alt, info[start:]))
            if alike is None or alike.kept.group != self._writer.group:
                alike = self._make(ref, alt, info[start:])
            alike.records += 1
            kept.append(alike.kept)
        numbers = range(self._records + 1, self._records + len(lines) + 1)
        self._records += len(lines)
        self._writer.add(Records(numbers, ids, qualities, filters, infos), kept)

    def finish(self) -> Tally:
        """Return the counts of all that was read."""
        self._count()
        tally = self._counting.finish()
        tally.in_order = self._in_order
        return tally

    def _enter(self, chrom: bytes, pos: bytes) -> None:
        self._count()
        position = int(pos)
        if chrom != self._chrom:
            self._left.add(self._chrom)
            self._in_order = self._in_order and chrom not in self._left
        elif position < self._position:
            self._in_order = False
        self._chrom, self._pos, self._position = chrom, pos, position
        self._contig = _decoded(chrom)

    def _make(self, ref: bytes, alts: bytes, added: bytes) -> _Alike:
        """Work out what alleles say, unless only the row group is new."""
        reference = _decoded(ref)
        alike = self._alike.get((ref, alts, added))
        if alike is not None:
            alike.kept = self._writer.keep(self._contig, self._position, reference, alike.alleles)
            return alike
        alleles = self._reader.alleles(
            self._contig, self._position, reference, _decoded(alts), _decoded(added)
        )
        kept = self._writer.keep(self._contig, self._position, reference, alleles)
        alike = self._alike[ref, alts, added] = _Alike(alleles, kept)
        return alike

    def _count(self) -> None:
        """Count the records at the position that is left, and forget them."""
        for alike in self._alike.values():
            self._counting.add(alike.alleles, self._contig, alike.records)
        self._alike = {}


def _decoded(text: bytes) -> str:
    """Text for Parquet, which is UTF-8; what isn't shows as the replacement character."""
    return text.decode("utf-8", "replace")
