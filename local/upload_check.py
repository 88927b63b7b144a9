"""Checks a file before `./gas submit` sends it: whether it is a whole VCF file, and which of the
site's references it was made against.

The rules are those of the annotator, whose reader it uses, and of the upload page
(`runtime.vcf.reference_choice`).
"""

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.errors import LocalError
from local.site_answers import SiteReference
from local.site_client import SiteClient
from runtime.annotator.errors import InputRejected
from runtime.annotator.header import read_header
from runtime.annotator.limits import Limits
from runtime.annotator.reader import Reader
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


def check_whole(file: Path, report_progress: Callable[[float], None]) -> None:
    """Read a file to its end, in bounded memory: a broken one isn't worth its upload, on any plan.

    Args:
        file: the file.
        report_progress: called with the share that has been read, 0 to 1.

    Raises:
        LocalError: it isn't a VCF, is cut short or damaged, or exceeds a limit of every job; the
            message is the annotator's. Or it can't be read.
    """
    limits = Limits()
    try:
        with Reader(file, limits, report_progress) as reader:
            blocks = reader.blocks()
            read_header(blocks, limits)
            for _ in blocks:
                pass
    except InputRejected as error:
        raise LocalError(f"{file}: {error}") from error
    except OSError as error:
        raise LocalError(f"{file} can't be read: {error.strerror}.") from error


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
    """Read the beginning of a file that is whole."""
    with file.open("rb") as plain:
        packed = plain.read(2) == _GZIP
    with gzip.open(file) if packed else file.open("rb") as opened:
        data = opened.read(START_BYTES + 1)
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
