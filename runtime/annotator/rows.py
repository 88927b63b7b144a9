"""Records of an annotated VCF as rows: one for each allele and each of its effects."""

import re
from array import array
from collections.abc import Sequence
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from runtime.annotator.arrow import numbers, texts
from runtime.annotator.bundle import Bundle
from runtime.annotator.provenance import TagFacts
from runtime.annotator.schema import FREQUENCY, OF_ALLELE, schema
from runtime.annotator.tally import Counting
from runtime.annotator.variants import Allele, AlleleReader

_AF = r"(?:^|;)AF=(?P<values>[^;]*)"


class _Alike:
    """Records of a block at one position, with the same alleles and annotation.

    Attributes:
        alleles: theirs.
        first: the first of their rows among those that the block has worked out.
        of_rows: for each of these rows its allele, from 0.
        records: how many there are.
    """

    __slots__ = ("alleles", "first", "of_rows", "records")

    def __init__(self, alleles: list[Allele], first: int) -> None:
        self.alleles = alleles
        self.first = first
        self.of_rows = [number - 1 for number, _, _, effects, _, _ in alleles for _ in effects]
        self.records = 0


class RowMaker:
    """Makes a table from each block of lines, and counts what is in it."""

    def __init__(self, bundle: Bundle, tags: TagFacts, counting: Counting) -> None:
        keys = [tags.consequence, tags.allele, tags.not_annotated, *tags.fields.values()]
        # No key of ours occurs in the input: what begins with one is ours, to the end of INFO.
        pattern = rf"(?:^|;)((?:{'|'.join(map(re.escape, keys))})=.*)"
        self._added = re.compile(pattern.encode(), re.DOTALL)
        # The merge writes it first, where there is one.
        self._consequence = f"{tags.consequence}=".encode()
        self._schema = schema(bundle)
        self._of_alleles = [*OF_ALLELE, *(field.column for field in bundle.fields)]
        self._reader = AlleleReader(bundle, tags)
        self._counting = counting

    def table(self, lines: list[bytes], first_record: int) -> pa.Table:
        """Return the rows of some records, of which the first has that number."""
        rows = zip(*[line.split(b"\t", 8) for line in lines], strict=True)
        chroms, positions, ids, refs, alts, qualities, filters, infos = islice(rows, 8)
        worked_out: list[tuple[Any, ...]] = []
        here: dict[tuple[bytes, bytes, bytes], _Alike] = {}
        records = []
        chrom_here = pos_here = b""
        for chrom, pos, ref, alt, info in zip(chroms, positions, refs, alts, infos, strict=True):
            if pos != pos_here or chrom != chrom_here:
                self._count(chrom_here, pos_here, here)
                self._counting.enter(chrom, int(pos))
                chrom_here, pos_here, here = chrom, pos, {}
            added = self._added_to(info)
            alike = here.get((ref, alt, added))
            if alike is None:
                alike = self._work_out((chrom, pos, ref, alt, added), worked_out)
                here[ref, alt, added] = alike
            alike.records += 1
            records.append(alike)
        self._count(chrom_here, pos_here, here)
        own = {
            "record": pa.array(range(first_record, first_record + len(lines)), pa.int64()),
            "id": texts(pa.array(ids, pa.binary())),
            "quality": numbers(pa.array(qualities, pa.binary())),
            "filter": texts(pa.array(filters, pa.binary())),
        }
        return self._joined(own, infos, records, worked_out)

    def _added_to(self, info: bytes) -> bytes:
        """The end of INFO that is the merge's."""
        start = info.find(self._consequence)
        if start < 0:
            match = self._added.search(info)
            return match[1] if match else b""
        return info[start:]

    def _work_out(
        self, record: tuple[bytes, bytes, bytes, bytes, bytes], rows: list[tuple[Any, ...]]
    ) -> _Alike:
        """Append the rows of a record's alleles, but for what is the record's own."""
        # Parquet's text is UTF-8; what isn't shows as the replacement character.
        chrom, pos, ref, alts, added = (part.decode("utf-8", "replace") for part in record)
        position = int(pos)
        alleles = self._reader.alleles(chrom, position, ref, alts, added)
        alike = _Alike(alleles, len(rows))
        for number, alt, kind, effects, fields, not_annotated in alleles:
            common = (chrom, position, ref, alt, number, kind, not_annotated)
            rows += [(*common, *effect, *fields) for effect in effects]
        return alike

    def _count(
        self, chrom: bytes, pos: bytes, here: dict[tuple[bytes, bytes, bytes], _Alike]
    ) -> None:
        for alike in here.values():
            contig = chrom.decode("utf-8", "replace")
            self._counting.add(alike.alleles, contig, int(pos), alike.records)

    def _joined(
        self,
        own: "dict[str, pa.Array[Any]]",
        infos: Sequence[bytes],
        records: list[_Alike],
        worked_out: list[tuple[Any, ...]],
    ) -> pa.Table:
        """The columns of the records and those of their alleles, row by row."""
        rows = array("q")
        for alike in records:
            rows.extend(range(alike.first, alike.first + len(alike.of_rows)))
        columns: dict[str, pa.Array[Any]] = {}
        places = pa.array(rows, pa.int64())
        for name, values in zip(self._of_alleles, zip(*worked_out, strict=True), strict=True):
            kind: Any = self._schema.field(name).type
            columns[name] = pa.array(values, type=kind).take(places)
        if len(rows) != len(records):
            of_record = [at for at, alike in enumerate(records) for _ in alike.of_rows]
            places = pa.array(of_record, pa.int64())
            own = {name: column.take(places) for name, column in own.items()}
        columns |= own
        columns[FREQUENCY] = _frequencies(infos, records)
        return pa.Table.from_arrays(
            [columns[name] for name in self._schema.names], schema=self._schema
        )


def _frequencies(infos: Sequence[bytes], records: list[_Alike]) -> "pa.Array[Any]":
    """INFO/AF of each row's allele; null where AF isn't a number for each ALT allele."""
    found = pc.extract_regex(pa.array(infos, pa.binary()), _AF).field(0)
    if all(len(each.alleles) == 1 == len(each.of_rows) for each in records):
        return numbers(found)
    values: list[bytes | None] = []
    for text, each in zip(found.to_pylist(), records, strict=True):
        parts = text.split(b",") if text is not None else []
        fits = len(parts) == len(each.alleles)
        values += [parts[allele] if fits else None for allele in each.of_rows]
    return numbers(pa.array(values, pa.binary()))
