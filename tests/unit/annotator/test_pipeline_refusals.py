"""What is refused: files that are no VCF, damaged or too large, each with a sentence."""

import gzip
import zlib
from functools import partial
from pathlib import Path

import pytest

from runtime.annotator.bundle import Bundle
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.errors import InputRejected, JobFailed
from runtime.annotator.limits import Limits
from runtime.annotator.pipeline import annotate_file
from tests.shared_data import shared_data
from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.vcfs import HEADER, MELAS, NARP, ONE, bgzip, record, vcf

packed = partial(gzip.compress, mtime=0)
"""Without the time: the names of the tests hold the bytes, and every worker must find the same."""


@pytest.mark.parametrize(
    ("content", "line", "sentence"),
    [
        (b"", None, "empty"),
        (packed(b""), None, "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", 1, "not a VCF"),
        (b"PK\x03\x04rest", None, "zip archive"),
        (b"BCF\x02\x02", None, "BCF file"),
        (packed(b"BCF\x02\x02"), None, "BCF file"),
        (packed(b"BAM\x01"), None, "BAM file"),
        (b"\xff\xfe#\0#\0", None, "UTF-16"),
        (b"<!DOCTYPE html>\n", 1, "not a VCF"),
        (NARP.encode(), 1, "not a VCF"),
        (ONE.replace("VCFv4.2", "VCFv9.0").encode(), 1, "version 9.0"),
        (ONE.replace("\n", "\r").encode(), 1, "CR alone"),
        (f"{HEADER}\n".encode(), None, "#CHROM"),
        (f"{HEADER}\n{NARP}\n".encode(), 2, "must come before the first"),
        (vcf().encode(), None, "no variants"),
        (ONE.replace("\t", " ").encode(), 2, "tabs"),
        (ONE.replace("\tALT", "").encode(), 2, "column ALT"),
        (vcf("MT 8993 . T G . . .").encode(), 3, "tabs"),
        (vcf(NARP, "MT\t9000\t.\tA").encode(), 4, "4 columns"),
        (vcf(NARP, f"{MELAS}\tGT").encode(), 4, "9 columns"),
        (vcf(record("x", "T", "G")).encode(), 3, "POS is 'x'"),
        (vcf(record(-1, "T", "G")).encode(), 3, "POS"),
        (vcf(record(1, "T", "G", chrom="")).encode(), 3, "CHROM"),
        (vcf(NARP, ONE.rstrip()).encode(), 4, "header line among"),
        (vcf(record(8993, "T\0", "G")).encode(), 3, "NUL"),
        (vcf(record(8993, "A", "G")).encode(), None, "another assembly"),
        (vcf(record(20_000, "A", "G")).encode(), None, "the contig ends at 16,569"),
        (vcf(record(1, "A", "C", chrom="chr7")).encode(), None, "chr7"),
        (packed(ONE.encode())[:-20], None, "cut short"),
        (packed(ONE.encode()) + b"garbage", None, "damaged"),
    ],
)
def test_should_refuse_with_a_sentence_and_the_line_when_the_file_is_at_fault(
    annotate: Annotate, content: bytes, line: int | None, sentence: str
) -> None:
    with pytest.raises(InputRejected) as refusal:
        annotate(content)

    assert sentence in str(refusal.value)
    assert refusal.value.line == line
    assert line is None or f"Line {line}:" in str(refusal.value)


def test_should_name_the_contigs_seen_and_known_when_none_is_known(annotate: Annotate) -> None:
    with pytest.raises(InputRejected) as refusal:
        annotate(vcf(*(record(1, "A", "C", chrom=f"chr{i}") for i in range(1, 13))))

    assert "chr1, chr2" in str(refusal.value)
    assert "and 2 more" in str(refusal.value)
    assert "MT (also chrM, M, NC_012920.1, chrMT)" in str(refusal.value)


def test_should_refuse_when_more_than_one_ref_in_ten_contradicts(annotate: Annotate) -> None:
    with pytest.raises(InputRejected, match=r"6 of 50 records \(first at line 3, MT 8994: REF is"):
        annotate(vcf(*[record(8994, "T", "G")] * 6, *[NARP] * 44))


def test_should_refuse_when_most_of_few_refs_contradict(annotate: Annotate) -> None:
    with pytest.raises(InputRejected, match=r"2 of 3 records .* or its positions or alleles are"):
        annotate(vcf(*[record(8994, "T", "G")] * 2, NARP))


@pytest.mark.parametrize(
    ("header", "contig", "sentence"),
    [
        (
            ["##contig=<ID=chr1,length=248956422>"],
            "chr1",
            "GRCh38 (hg38): its contig chr1 has 248,",
        ),
        (["##contig=<ID=1,assembly=b37>"], "1", "GRCh37 (hg19): its header says assembly=b37."),
        (["##contig=<ID=chrM,length=16571>"], "chrM", "it is NC_001807.4 (the chrM of hg19"),
        (["##contig=<ID=1,length=248387328>"], "MT", "In T2T-CHM13v2.0 (hs1), MT is another"),
    ],
)
def test_should_name_the_assembly_when_the_file_is_of_another(
    annotate: Annotate, header: list[str], contig: str, sentence: str
) -> None:
    with pytest.raises(InputRejected) as refusal:
        annotate(vcf(record(8993, "T", "G", chrom=contig), header=tuple(header)))

    assert sentence in str(refusal.value)
    assert "This service doesn't offer" in str(refusal.value)


@pytest.mark.parametrize("damage", ["flip", "truncate", "no end"])
def test_should_refuse_when_bgzip_is_damaged(
    annotate: Annotate, tmp_path: Path, damage: str
) -> None:
    data = bytearray(bgzip(vcf(*[NARP] * 3000), tmp_path))
    if damage == "flip":
        data[60] ^= 0xFF
    elif damage == "truncate":
        data = data[: len(data) // 2]
    else:
        data = data[:-28]

    with pytest.raises(InputRejected, match=r"damaged|cut short"):
        annotate(bytes(data), name="x.vcf.gz")


def test_should_leave_a_log_with_the_reason_when_a_file_is_refused(
    bundle: Bundle, engines: EnginePool, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.write_text("nonsense")
    out = tmp_path / "out"
    out.mkdir()

    with pytest.raises(InputRejected):
        annotate_file(source, "x.vcf", bundle, out, process=engines)

    assert [path.name for path in out.iterdir()] == ["x.vcf.count.log"]
    assert "not a VCF" in (out / "x.vcf.count.log").read_text()


@pytest.mark.parametrize(
    ("limits", "content", "sentence"),
    [
        (Limits(header_bytes=1000), vcf(NARP, header=("##x=" + "y" * 990,)), "header is longer"),
        (Limits(line_bytes=1000), vcf(record(8993, "T", "G", info="X" * 1000)), "Line 3: longer"),
        (Limits(decompressed_bytes=1000), vcf(*[NARP] * 100), "decompressed"),
        (
            Limits(contigs=3),
            vcf(NARP, *(record(1, "A", "C", chrom=f"c{i}") for i in range(3))),
            "Line 6: more than 3 different contigs",
        ),
        (
            Limits(contig_name_bytes=9),
            vcf(NARP, record(1, "A", "C", chrom="c" * 10)),
            "Line 4: the contig's name is longer than 9 bytes",
        ),
        (
            Limits(contig_names_bytes=2**20),
            vcf(NARP, *(record(1, "A", "C", chrom=f"{i:01000}") for i in range(1100))),
            "the names of the contigs so far have more than 1 MiB",
        ),
        (
            Limits(record_alleles=3),
            vcf(NARP, record(8993, "T", "G,C,A"), record(8993, "T", "G,C,A,TA")),
            "Line 5: 4 ALT alleles; a record may have 3",
        ),
        (
            Limits(alleles=2, batch_records=1),
            vcf(NARP, MELAS, record(8993, "T", "C"), record(8993, "T", "A")),
            "more than 2 alleles to annotate, which is what one job can annotate in an hour",
        ),
        (Limits(header_lines=9), vcf(NARP, header=("##",) * 9), "Line 10: the header has more"),
    ],
)
def test_should_refuse_when_a_limit_is_exceeded(
    annotate: Annotate, limits: Limits, content: str, sentence: str
) -> None:
    with pytest.raises(InputRejected, match=sentence):
        annotate(content, limits=limits)


def test_should_refuse_5000_alternates_when_a_record_has_them(annotate: Annotate) -> None:
    content = (shared_data() / "field" / "5000-alternates-at-3243.vcf").read_bytes()

    with pytest.raises(InputRejected, match="ALT alleles; a record may have 2,000"):
        annotate(content)


def test_should_refuse_a_gzip_bomb_before_it_is_decompressed(annotate: Annotate) -> None:
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = compressor.compress(f"{HEADER}\n".encode())
    for _ in range(200):
        bomb += compressor.compress(b"##x=" + b"y" * 1_000_000 + b"\n")
    bomb += compressor.flush()

    with pytest.raises(InputRejected, match="header is longer"):
        annotate(bomb, name="bomb.vcf.gz")


def test_should_fail_when_the_time_is_over(annotate: Annotate) -> None:
    with pytest.raises(JobFailed, match="longer than the 0 seconds"):
        annotate(ONE, limits=Limits(seconds=0))


def test_should_refuse_a_file_name_that_is_no_name(annotate: Annotate) -> None:
    with pytest.raises(ValueError, match="characters"):
        annotate(ONE, name="../../x.vcf")
