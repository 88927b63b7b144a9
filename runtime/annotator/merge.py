"""The second pass over an upload: every record as it was, with what is known of it added to INFO.

Original line, plus annotation: no column but INFO is touched, and of INFO nothing but its end.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, Self

import polars as pl

from runtime.annotator import csq_field
from runtime.annotator.bundle import Bundle
from runtime.annotator.check import Findings
from runtime.annotator.columns import as_text
from runtime.annotator.header import read_header
from runtime.annotator.limits import Limits
from runtime.annotator.reader import Block, Reader
from runtime.annotator.tags import Tags, definitions
from runtime.vcf.bgzf import BgzfWriter

PROVENANCE = b"##gas_annotation="

_NO_INFO = (b".", b"")
_CONTIG_NAME = re.compile(rb"[0-9A-Za-z!#$%&+./:;?@^_|~-][0-9A-Za-z!#$%&*+./:;=?@^_|~-]*")
_AF = r"(?:^|;)AF=([^;]*)"


class MergeError(Exception):
    """The batches don't fit the upload: a defect, not the user's fault."""


class RecordColumns(NamedTuple):
    """Columns of some records.

    Attributes:
        samples: FORMAT and the samples, with tabs between; empty where the file has none.
        frequencies: the values of INFO/AF, or null.
    """

    ids: list[bytes]
    qualities: list[bytes]
    filters: list[bytes]
    samples: list[bytes]
    frequencies: pl.Series


class Merger:
    """Writes the annotated VCF, batch by batch. Use as a context manager.

    Args:
        source: the upload.
        out: the file to write, bgzip.
        findings: of the check.
        tags: the INFO keys.
        provenance: what the header tells of how the file was made.
        bundle: the reference.
        limits: bounds of the upload.
        report_progress: told the share that has been read; may raise to end the merge.
    """

    def __init__(
        self,
        source: Path,
        out: Path,
        *,
        findings: Findings,
        tags: Tags,
        provenance: Mapping[str, Any],
        bundle: Bundle,
        limits: Limits,
        report_progress: Callable[[float], None],
    ) -> None:
        self._reader = Reader(source, limits, report_progress)
        self._writer = BgzfWriter(out)
        blocks = self._reader.blocks()
        _, rest = read_header(blocks, limits)
        self._blocks: Iterator[Block] = chain([rest], blocks)
        self._writer.write(_header(findings, tags, provenance, bundle))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self._writer.__exit__(kind, *rest)
        self._reader.__exit__()

    def add(self, groups: list[int], additions: list[bytes]) -> RecordColumns:
        """Write the next records; return columns of theirs.

        Args:
            groups: the group of each record.
            additions: what INFO gets, by group; empty for nothing.

        Raises:
            MergeError: the records don't end where a block of lines does.
        """
        columns = RecordColumns([], [], [], [], pl.Series(dtype=pl.String))
        at = 0
        while at < len(groups):
            block = next(self._blocks, None)
            if block is None:
                raise MergeError(f"the upload ends {len(groups) - at} records too early")
            merged, infos = self._merged(block.lines, groups, at, additions, columns)
            at += len(merged)
            self._writer.write(b"\n".join([*merged, b""]))
            columns.frequencies.append(_frequencies(infos))
        if at != len(groups):
            raise MergeError(f"a batch of {len(groups)} records holds {at}")
        return columns

    def finish(self) -> None:
        """Check that all of the upload has been written. Raises MergeError."""
        if any(line for block in self._blocks for line in block.lines):
            raise MergeError("the upload has more records than were checked")

    def _merged(
        self,
        lines: list[bytes],
        groups: list[int],
        at: int,
        additions: list[bytes],
        columns: RecordColumns,
    ) -> tuple[list[bytes], list[bytes]]:
        """The records of some lines with what is added to each; blank lines are left out."""
        merged, infos = [], []
        ids, qualities, filters, samples, _ = columns
        for line in lines:
            if not line:
                continue
            fields = line.split(b"\t", 8)
            _, _, identifier, _, _, quality, verdict, info, *of_samples = fields
            ids.append(identifier)
            qualities.append(quality)
            filters.append(verdict)
            samples += of_samples
            infos.append(info)
            added = additions[groups[at]]
            at += 1
            if added:
                between = b"" if info.endswith(b";") else b";"
                fields[7] = added if info in _NO_INFO else info + between + added
                line = b"\t".join(fields)  # noqa: PLW2901 - the record as it is to be
            merged.append(line)
        return merged, infos


def _frequencies(infos: list[bytes]) -> pl.Series:
    """The value of AF in each INFO; null where there is none."""
    if not any(b"AF=" in info for info in infos):
        return pl.Series([None], dtype=pl.String).new_from_index(0, len(infos))
    return as_text(pl.Series(infos, dtype=pl.Binary)).str.extract(_AF)


def _header(findings: Findings, tags: Tags, provenance: Mapping[str, Any], bundle: Bundle) -> bytes:
    header = findings.header
    added = []
    for contig_name in findings.contigs:
        name = contig_name.encode()
        if name not in header.contigs and _CONTIG_NAME.fullmatch(name):
            contig = None if contig_name in findings.others else bundle.contigs.get(name)
            rest = f",length={contig.length},assembly={bundle.manifest.assembly}" if contig else ""
            added.append(b"##contig=<ID=%b%b>" % (name, rest.encode()))
    added.append(csq_field.definition(tags.consequence, predictions=bool(bundle.predictions)))
    added += definitions(tags, bundle)
    added.append(PROVENANCE + json.dumps(provenance).encode())
    return b"\n".join([*header.lines, *added, header.columns, b""])
