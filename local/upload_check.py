"""Checks a file before `./gas submit` sends it: which of the site's references it was made against.

The rules are those of the upload page and of the annotator (`runtime.vcf.reference_choice`).
"""

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from local.errors import LocalError
from local.site_answers import SiteReference
from local.site_client import SiteClient
from runtime.vcf.assembly import detect
from runtime.vcf.fasta import FastaIndex, bases_of
from runtime.vcf.file_facts import FileFacts, read_facts
from runtime.vcf.ref_alleles import (
    Agreement,
    Record,
    agreement_words,
    compare_refs,
    has_plain_bases,
)
from runtime.vcf.reference_choice import Choice, Level, choose

START_BYTES = 1 << 20
"""Of the decompressed file: as much as the upload page reads."""

COMPARED_RECORDS = 20
"""The first records whose REF is compared, as on the upload page."""

_GZIP = b"\x1f\x8b"
_FIRST_COLUMNS = 4


@dataclass(frozen=True)
class _Start:
    """The beginning of a file."""

    facts: FileFacts
    records: Sequence[Record]
    complete: bool


def choose_reference(file: Path, site: SiteClient, wanted: str | None) -> Choice:
    """Choose the reference for a file, or check the one that is wanted.

    Raises:
        LocalError: the file was made against another one, or doesn't say against which; the
            message says what to do. Or the site failed.
    """
    offered = site.references()
    names = [each.name for each in offered]
    if wanted is not None and wanted not in names:
        raise LocalError(f"{site.url} doesn't offer {wanted}. It offers {', '.join(names)}.")
    start = _read_start(file)
    found = detect(start.facts, offered)
    fitting = [each for each in offered if each.name in found.fits]
    compared = [] if found.evidence else fitting
    agreements = [_compare(start.records, each, site) for each in compared]
    choice = choose(
        start.facts, offered, wanted or "", complete=start.complete, agreements=agreements
    )
    if choice.level in (Level.OPEN, Level.STOP):
        words = agreement_words(agreements)
        options = " or ".join(f"--reference {each.name}" for each in fitting)
        raise LocalError(
            " ".join(
                [
                    choice.text,
                    *([f"{words}."] if words else []),
                    *([f"Use {options}."] if options else []),
                ]
            )
        )
    return choice


def _read_start(file: Path) -> _Start:
    """Read the beginning of a file. One that can't be decompressed says nothing here: the annotator
    says what is wrong with it."""
    try:
        with file.open("rb") as plain:
            packed = plain.read(2) == _GZIP
        with gzip.open(file) if packed else file.open("rb") as opened:
            data = opened.read(START_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return _Start(FileFacts(), [], complete=False)
    except OSError as error:
        raise LocalError(f"{file} can't be read: {error.strerror}.") from error
    complete = len(data) <= START_BYTES
    lines = data.decode("utf-8", "replace").splitlines()
    whole = lines if complete else lines[:-1]
    header = [line for line in whole if line.startswith("##")]
    records = [line.split("\t", _FIRST_COLUMNS) for line in whole if not line.startswith("#")]
    rows = [each for each in records if len(each) > _FIRST_COLUMNS and each[1].isdecimal()]
    first = (Record(row[0], int(row[1]), row[3]) for row in rows)
    plain_bases = [record for record in first if has_plain_bases(record)]
    facts = read_facts(header, (row[0] for row in rows))
    return _Start(facts, plain_bases[:COMPARED_RECORDS], complete)


def _compare(records: Sequence[Record], reference: SiteReference, site: SiteClient) -> Agreement:
    path = f"/reference/{reference.name}/{reference.fasta}"
    index = FastaIndex(site.fetch(f"{path}.fai").decode())

    def bases(contig: str, position: int, count: int) -> bytes:
        first, end = index.span(contig, position, count)
        return bases_of(site.fetch_range(path, first, end)) if end > first else b""

    return compare_refs(records, reference, bases)
