"""The second pass over an upload: every record as it was, with what the engine said added to INFO.

No column is changed but INFO, and that only at its end; ID stays as it is too, known ids are an
INFO field. Lines end in LF, a byte order mark and blank lines are left out.
"""

import re
from collections.abc import Callable
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

from runtime.annotator.additions import Additions, MergeError
from runtime.annotator.annotations import (
    AnnotationsFile,
    IndexedAnnotations,
    OrderedAnnotations,
)
from runtime.annotator.bundle import Bundle
from runtime.annotator.check import Findings
from runtime.annotator.header import Header, read_header
from runtime.annotator.limits import Limits
from runtime.annotator.provenance import Provenance
from runtime.annotator.reader import Reader
from runtime.annotator.tags import definitions
from runtime.vcf.bgzf import BgzfWriter

# https://samtools.github.io/hts-specs/VCFv4.3.pdf, 1.4.7: what a name in ##contig may hold
_CONTIG_NAME = re.compile(rb"[0-9A-Za-z!#$%&+./:;?@^_|~-][0-9A-Za-z!#$%&*+./:;=?@^_|~-]*")


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
            merged = additions.to_lines(block.lines)
            records += len(merged)
            writer.write(b"\n".join([*merged, b""]))
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
