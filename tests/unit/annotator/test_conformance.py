"""Real files that nobody here wrote: each ends with a result that lacks nothing, or with a reason.

The conformance files are on contigs that the bundle doesn't have, so most are refused for that. To
try the rest of the way too, their records are moved to where the reference has their REF.
"""

from collections import Counter
from pathlib import Path

import pytest

from runtime.annotator.bundle import Bundle
from runtime.annotator.errors import JobFailed
from tests.shared_data import shared_data
from tests.unit.annotator.conftest import Annotate

FOLDERS = ["v4.1/passed", "v4.1/failed", "v4.2/passed", "v4.2/failed"]


def without_additions(lines: list[bytes]) -> list[bytes]:
    """Records without INFO, to compare; lines that are none are left out."""
    records = [line.split(b"\t") for line in lines if line and not line.startswith(b"#")]
    return [b"\t".join([*columns[:7], *columns[8:]]) for columns in records]


def kept(original: bytes, lines: list[bytes]) -> None:
    """Assert that an annotated file has every record of the original, and each begins as it did."""
    before = original.replace(b"\r\n", b"\n").split(b"\n")
    assert without_additions(lines) == without_additions(before)
    infos = [line.split(b"\t")[7] for line in before if line and not line.startswith(b"#")]
    added = [line.split(b"\t")[7] for line in lines if not line.startswith(b"#")]
    for old, new in zip(infos, added, strict=True):
        assert old == b"." or new.startswith(old)


def moved(original: bytes, bundle: Bundle) -> bytes:
    """The same file with its records on MT, where the reference first has their REF."""
    reference = bundle.fasta.bases("MT", 1, 16_569)
    lines = []
    for line in original.split(b"\n"):
        columns = line.split(b"\t")
        if len(columns) > 4 and not line.startswith(b"#"):
            columns[0] = b"MT"
            columns[1] = b"%d" % (reference.find(columns[3].upper()) + 1)
        lines.append(b"\t".join(columns))
    return b"\n".join(lines)


@pytest.mark.parametrize("folder", FOLDERS)
def test_should_end_with_a_result_or_a_reason_when_given_any_conformance_file(
    annotate: Annotate, folder: str
) -> None:
    files = sorted((shared_data() / "vcf-conformance" / folder).glob("*.vcf"))
    ends: Counter[str] = Counter()
    for path in files:
        ends[end_of(annotate, path, path.read_bytes())] += 1

    assert sum(ends.values()) == len(files) > 0
    assert all(end.endswith((".", "accepted")) for end in ends), ends


@pytest.mark.parametrize("folder", FOLDERS)
def test_should_keep_every_record_when_conformance_files_are_moved_to_a_known_contig(
    annotate: Annotate, bundle: Bundle, folder: str
) -> None:
    files = sorted((shared_data() / "vcf-conformance" / folder).glob("*.vcf"))
    ends: Counter[str] = Counter()
    for path in files:
        ends[end_of(annotate, path, moved(path.read_bytes(), bundle))] += 1

    assert ends["accepted"] > 0


def test_should_accept_every_valid_file_when_its_records_are_where_the_reference_agrees(
    annotate: Annotate, bundle: Bundle
) -> None:
    refused = {}
    for version in ("v4.1", "v4.2"):
        for path in (shared_data() / "vcf-conformance" / version / "passed").glob("*.vcf"):
            end = end_of(annotate, path, moved(path.read_bytes(), bundle))
            if end != "accepted":
                refused[f"{version}/{path.name}"] = end

    assert all("no variants" in end for end in refused.values()), refused


def end_of(annotate: Annotate, path: Path, content: bytes) -> str:
    """Annotate a file; return "accepted", or the reason why not."""
    try:
        result = annotate(content, name=path.name)
    except JobFailed as failure:
        return str(failure) or f"{path} was refused without a reason"
    kept(content, result.lines)
    return "accepted"


def test_should_annotate_every_record_when_given_the_1000_genomes_pilot(
    annotate: Annotate,
) -> None:
    path = shared_data() / "mtdna" / "1000g-pilot-mt.vcf"

    result = annotate(path.read_bytes(), name=path.name)

    kept(path.read_bytes(), result.lines)
    assert result.summary["alleles"] == {"total": 359, "annotated": 359, "not_annotated": 0}
