"""The second pass over an upload: every record as it was, with what the engine said added to INFO.

No column is changed but INFO, and that only at its end; ID stays as it is too, known ids are an
INFO field. Lines end in LF, a byte order mark and blank lines are left out.
"""

import re
from collections.abc import Callable
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

from runtime.annotator.alleles import Judge
from runtime.annotator.annotations import (
    Allele,
    AnnotationsFile,
    IndexedAnnotations,
    Info,
    OrderedAnnotations,
)
from runtime.annotator.bgzf import BgzfWriter
from runtime.annotator.bundle import Bundle
from runtime.annotator.check import Findings
from runtime.annotator.corrections import Corrections
from runtime.annotator.header import Header, read_header
from runtime.annotator.limits import Limits
from runtime.annotator.manifest import Contig
from runtime.annotator.provenance import Provenance, TagFacts
from runtime.annotator.reader import Reader
from runtime.annotator.tags import CONSEQUENCE, definitions

# https://samtools.github.io/hts-specs/VCFv4.3.pdf, 1.4.7: what a name in ##contig may hold
_CONTIG_NAME = re.compile(rb"[0-9A-Za-z!#$%&+./:;?@^_|~-][0-9A-Za-z!#$%&*+./:;=?@^_|~-]*")


_BCSQ = CONSEQUENCE.encode()


class MergeError(Exception):
    """The engine's output doesn't fit the upload: a defect, not the user's fault."""


def merge(
    source: Path,
    annotated_sites: Path,
    out: Path,
    *,
    findings: Findings,
    provenance: Provenance,
    bundle: Bundle,
    limits: Limits,
    tick: Callable[[float], None],
) -> None:
    """Write the annotated VCF to `out`, as bgzip.

    Raises:
        MergeError: the engine left an allele out, or the records aren't as many as the check read.
    """
    with ExitStack() as stack:
        reader = stack.enter_context(Reader(source, limits, tick))
        annotations: AnnotationsFile = stack.enter_context(
            OrderedAnnotations(annotated_sites)
            if findings.sites_sorted
            else IndexedAnnotations(annotated_sites)
        )
        writer = stack.enter_context(BgzfWriter(out))
        blocks = reader.blocks()
        header, rest = read_header(blocks, limits)
        writer.write(_header(header, findings, provenance, bundle))
        additions = Additions(annotations, bundle, provenance.tags, limits)
        records = 0
        for block in chain([rest], blocks):
            records += _write(block.lines, additions, writer)
        if records != findings.records:
            raise MergeError(f"read {findings.records} records, wrote {records}")


def _header(header: Header, findings: Findings, provenance: Provenance, bundle: Bundle) -> bytes:
    added = []
    for name in findings.contigs:
        if name not in header.contigs and _CONTIG_NAME.fullmatch(name):
            contig = bundle.contigs.get(name)
            rest = f",length={contig.length},assembly={bundle.manifest.assembly}" if contig else ""
            added.append(b"##contig=<ID=%b%b>" % (name, rest.encode()))
    added += definitions(provenance.tags, bundle, provenance.engine.version)
    added.append(provenance.to_line())
    return b"\n".join([*header.lines, *added, header.columns, b""])


def _write(lines: list[bytes], additions: "Additions", writer: BgzfWriter) -> int:
    merged = []
    for line in lines:
        if line:
            fields = line.split(b"\t", 8)
            added = additions.to_record(fields[0], fields[1], fields[3], fields[4])
            if added:
                info = fields[7]
                between = b"" if info.endswith(b";") else b";"
                fields[7] = added if info in (b".", b"") else info + between + added
                merged.append(b"\t".join(fields))
            else:
                merged.append(line)
    if merged:
        writer.write(b"\n".join([*merged, b""]))
    return len(merged)


class Additions:
    """What annotation adds to a record's INFO; remembered while the position stays."""

    def __init__(
        self, annotations: AnnotationsFile, bundle: Bundle, tags: TagFacts, limits: Limits
    ) -> None:
        self._annotations = annotations
        self._bundle = bundle
        self._judge = Judge(bundle, limits.allele_bases)
        self._corrections = Corrections(bundle.fasta, bundle.transcripts)
        self._consequence_key = f"{tags.consequence}=".encode()
        self._allele_key = f"{tags.allele}=".encode()
        self._not_annotated_key = f"{tags.not_annotated}=".encode()
        self._fields = [
            (field.tag.encode(), f"{tags.fields[field.column]}=".encode())
            for field in bundle.fields
        ]
        self._chrom = self._pos = b""
        self._known: dict[Allele, bytes] = {}

    def to_record(self, chrom: bytes, pos: bytes, ref: bytes, alts: bytes) -> bytes:
        """Return the text for the end of INFO; empty where there is nothing to say."""
        if pos != self._pos or chrom != self._chrom:
            self._chrom, self._pos, self._known = chrom, pos, {}
        added = self._known.get((ref, alts))
        if added is None:
            added = self._known[ref, alts] = self._make(ref, alts)
        return added

    def _make(self, ref: bytes, alts: bytes) -> bytes:
        contig, position = self._bundle.contigs.get(self._chrom), int(self._pos)
        rows = self._annotations.at(contig.name, position) if contig is not None else {}
        infos = [rows.get((ref.upper(), alt.upper())) for alt in alts.split(b",")]
        texts = [
            self._consequence(contig, position, ref, alt, info)
            for alt, info in zip(alts.split(b","), infos, strict=True)
        ]
        parts = self._consequences(texts)
        if None in infos:
            contradicts = contig is not None and self._judge.contradicts(contig, position, ref)
            skips = self._judge.skips(contig, ref, alts, contradicts=contradicts)
            if any(skip is None and info is None for skip, info in zip(skips, infos, strict=True)):
                raise MergeError(f"the engine left out {self._chrom!r} {position} {ref!r} {alts!r}")
            parts.append(self._not_annotated_key + ",".join(skip or "." for skip in skips).encode())
        parts += self._track_fields(infos)
        return b";".join(parts)

    def _consequence(
        self, contig: Contig | None, position: int, ref: bytes, alt: bytes, info: Info | None
    ) -> bytes | None:
        text = info.get(_BCSQ) if info else None
        if text is None or contig is None:
            return None
        return self._corrections.corrected(
            text.decode(), contig, position, ref.decode().upper(), alt.decode().upper()
        ).encode()

    def _consequences(self, texts: list[bytes | None]) -> list[bytes]:
        found = [(number, text) for number, text in enumerate(texts, 1) if text is not None]
        if not found:
            return []
        parts = [self._consequence_key + b",".join(text for _, text in found)]
        if len(texts) > 1:
            numbers = [b"%d" % number for number, text in found for _ in text.split(b",")]
            parts.append(self._allele_key + b",".join(numbers))
        return parts

    def _track_fields(self, infos: list[Info | None]) -> list[bytes]:
        parts = []
        for tag, key in self._fields:
            values = [info.get(tag, b".") if info else b"." for info in infos]
            if any(value != b"." for value in values):
                # A comma parts the alleles: https://samtools.github.io/hts-specs/VCFv4.3.pdf, 1.2
                parts.append(key + b",".join(value.replace(b",", b"%2C") for value in values))
        return parts
