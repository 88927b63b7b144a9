"""The whole way of an upload: what must be handled, and what must be refused."""

import gzip
import zlib
from pathlib import Path
from typing import Any

import pysam
import pytest

from runtime.annotator.additions import MergeError
from runtime.annotator.bcftools import Bcftools
from runtime.annotator.bundle import Bundle
from runtime.annotator.engine import BcftoolsEngine, EngineReport
from runtime.annotator.errors import InputRejected, JobFailed
from runtime.annotator.limits import Limits
from runtime.annotator.pipeline import annotate_file
from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.vcfs import COLUMNS, HEADER, record, vcf

NARP = record(8993, "T", "G")
MELAS = record(3243, "A", "G")
ONE = vcf(NARP)


def bgzip(text: str, folder: Path) -> bytes:
    """Compress with htslib's own bgzip."""
    plain = folder / "plain.vcf"
    plain.write_text(text)
    pysam.tabix_compress(str(plain), str(folder / "plain.vcf.gz"), force=True)
    return (folder / "plain.vcf.gz").read_bytes()


def test_should_write_all_results_when_a_sample_is_annotated(
    bundle: Bundle, engine: BcftoolsEngine, tmp_path: Path
) -> None:
    outcome = annotate_file(bundle.sample_path, "my sample.vcf", bundle, tmp_path, engine=engine)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "my sample.annot.vcf.gz",
        "my sample.annot.vcf.gz.tbi",
        "my sample.summary.json",
        "my sample.variants.parquet",
        "my sample.vcf.count.log",
    ]
    assert set(outcome.files) == {path.name for path in tmp_path.iterdir()}
    assert list(outcome.durations) == ["check", "engine", "merge", "parquet", "index", "report"]


def test_should_annotate_a_known_pathogenic_variant_in_every_result(annotate: Annotate) -> None:
    result = annotate(ONE)

    assert result.infos[0]["BCSQ"] == (
        "missense|MT-ATP6|ENST00000361899|protein_coding|+|156L>156R|8993T>G"
    )
    assert result.infos[0]["KNOWN_ID"] == "rs199476133"
    (row,) = result.rows
    wanted = {
        "record": 1,
        "contig": "MT",
        "position": 8993,
        "ref": "T",
        "alt": "G",
        "variant_class": "SNV",
        "gene": "MT-ATP6",
        "transcript": "ENST00000361899",
        "consequence": "missense_variant",
        "impact": "MODERATE",
        "strand": 1,
        "coding_change": "c.467T>G",
        "protein_change": "p.Leu156Arg",
        "protein_position": 156,
        "amino_acids": "L/R",
        "known_id": "rs199476133",
        "not_annotated": None,
    }
    assert {name: row[name] for name in wanted} == wanted
    assert "athogenic" in row["clinical_significance"]
    assert result.summary["consequences"] == {"missense_variant": 1}
    assert "missense_variant" in result.log


@pytest.mark.parametrize("name", ["MT", "chrM", "M", "NC_012920.1"])
def test_should_annotate_under_the_name_of_the_file_when_a_contig_has_an_alias(
    annotate: Annotate, name: str
) -> None:
    result = annotate(vcf(record(8993, "T", "G", chrom=name)))

    assert result.records[0][0] == name.encode()
    assert result.infos[0]["BCSQ"].startswith("missense|MT-ATP6")
    assert f"##contig=<ID={name},length=16569,assembly=rCRS>".encode() in result.header


def test_should_annotate_all_records_when_one_file_uses_two_names_of_a_contig(
    annotate: Annotate,
) -> None:
    records = [record(p, r, a, chrom=c) for c, p, r, a in MIXED_NAMES]

    result = annotate(vcf(*records))

    assert [info["BCSQ"].split("|")[1] for info in result.infos] == [
        "MT-ATP6",
        "MT-ATP6",
        "MT-TL1",
        "MT-ATP6",
    ]


MIXED_NAMES = [
    ("MT", 8993, "T", "G"),
    ("chrM", 8993, "T", "C"),
    ("MT", 3243, "A", "G"),
    ("chrM", 8993, "T", "G"),
]


def test_should_keep_the_header_when_a_contig_line_is_there_already(annotate: Annotate) -> None:
    line = '##contig=<assembly=x,ID=MT,length=16569,species="Homo, sapiens">'

    result = annotate(vcf(NARP, header=(line,)))

    assert [each for each in result.header if each.startswith(b"##contig")] == [line.encode()]


@pytest.mark.parametrize("first", ["##fileformat=VCFv3.3", "##format=VCFv3.3"])
def test_should_annotate_when_the_header_is_of_vcf_3_3(annotate: Annotate, first: str) -> None:
    text = vcf(NARP, header=('##INFO=DP,1,Integer,"Total Depth"',)).replace(HEADER, first)

    result = annotate(text)

    assert result.header[0] == first.encode()
    assert result.infos[0]["BCSQ"].startswith("missense")


@pytest.mark.parametrize("last_end", ["\r\n", ""])
def test_should_write_lf_when_lines_end_in_crlf(annotate: Annotate, last_end: str) -> None:
    text = vcf(NARP, record(3243, "A", "G", info="DP=7"), end="\r\n").removesuffix("\r\n")

    result = annotate(text + last_end)

    assert not any(line.endswith(b"\r") for line in result.lines)
    assert [record[1] for record in result.records] == [b"8993", b"3243"]
    assert result.infos[1]["DP"] == "7"
    assert "CRLF" in result.log


def test_should_read_the_last_record_when_the_file_has_no_newline_at_its_end(
    annotate: Annotate,
) -> None:
    assert len(annotate(vcf(NARP, MELAS).rstrip("\n")).records) == 2


def test_should_leave_a_byte_order_mark_out(annotate: Annotate) -> None:
    result = annotate(b"\xef\xbb\xbf" + ONE.encode())

    assert result.header[0] == HEADER.encode()
    assert "Byte order mark" in result.log


def test_should_leave_blank_lines_out_and_say_so(annotate: Annotate) -> None:
    result = annotate(vcf(NARP, "", MELAS, "", ""))

    assert len(result.records) == 2
    assert result.summary["input"]["blank_lines"] == 3
    assert "Blank lines" in result.log


def test_should_tell_alleles_apart_when_a_record_has_several(annotate: Annotate) -> None:
    result = annotate(vcf(record(8993, "T", "G,C,TA", info="AF=0.1,0.2,0.3")))

    assert result.records[0][4] == b"G,C,TA"
    assert result.infos[0]["BCSQ_ALLELE"] == "1,2,3"
    assert [text.split("|")[0] for text in result.infos[0]["BCSQ"].split(",")] == [
        "missense",
        "missense",
        "frameshift",
    ]
    assert result.infos[0]["KNOWN_ID"].split(",")[0] == "rs199476133"
    assert [(row["alt"], row["allele"], row["allele_frequency"]) for row in result.rows] == [
        ("G", 1, 0.1),
        ("C", 2, 0.2),
        ("TA", 3, 0.3),
    ]


@pytest.mark.parametrize(
    ("alt", "reason"),
    [
        ("<DEL>", "symbolic_allele"),
        ("<NON_REF>", "symbolic_allele"),
        (".", "no_alternate_allele"),
        ("*", "overlapping_deletion"),
        ("T[MT:100[", "breakend"),
        (".A", "breakend"),
        ("N", "ambiguous_bases"),
        ("R", "ambiguous_bases"),
        ("T", "same_as_reference"),
        ("t", "same_as_reference"),
        ("1", "invalid_allele"),
        ("", "invalid_allele"),
    ],
)
def test_should_keep_a_record_and_say_why_when_its_allele_cannot_be_annotated(
    annotate: Annotate, alt: str, reason: str
) -> None:
    result = annotate(vcf(NARP, record(8993, "T", alt)))

    assert result.records[1][4] == alt.encode()
    assert result.infos[1] == {"NOT_ANNOTATED": reason}
    assert result.summary["not_annotated"] == {reason: 1}
    assert result.summary["problems"] == [
        {"line": 4, "contig": "MT", "position": 8993, "reason": reason}
    ]
    row = result.rows[1]
    assert (row["consequence"], row["impact"], row["not_annotated"]) == (None, None, reason)


def test_should_annotate_the_plain_allele_when_another_of_the_record_is_symbolic(
    annotate: Annotate,
) -> None:
    result = annotate(vcf(record(8993, "T", "<DEL>,G,*")))

    assert result.infos[0]["BCSQ_ALLELE"] == "2"
    assert result.infos[0]["NOT_ANNOTATED"] == "symbolic_allele,.,overlapping_deletion"
    assert [row["consequence"] for row in result.rows] == [None, "missense_variant", None]


def test_should_keep_records_of_unknown_contigs_when_others_are_known(annotate: Annotate) -> None:
    result = annotate(vcf(record(5, "A", "C", chrom="chr1"), NARP, record(7, "A", "C", chrom="X")))

    assert [record[0] for record in result.records] == [b"chr1", b"MT", b"X"]
    assert result.infos[0] == {"NOT_ANNOTATED": "unknown_contig"}
    assert result.summary["contigs"] == {"MT": 1, "X": 1, "chr1": 1}
    assert result.summary["not_annotated"] == {"unknown_contig": 2}
    assert b"##contig=<ID=chr1>" in result.header
    assert "on a contig that the reference doesn't have" in result.log


def test_should_keep_genotypes_and_undeclared_fields_to_the_byte(annotate: Annotate) -> None:
    rest = "GT:XX:DP\t0/1:?:\xe9\t./.\t1|0:a,b;c:7"
    line = record(8993, "T", "G", info="UNDECLARED=1;FLAG;=odd;;X", identifier="my;id", rest=rest)

    result = annotate(vcf(line, samples="FORMAT\tA\tB\tC").encode("latin-1"))

    columns = result.records[0]
    assert b"\t".join([*columns[:7], *columns[8:]]) == b"\t".join(
        [*line.encode("latin-1").split(b"\t")[:7], *line.encode("latin-1").split(b"\t")[8:]]
    )
    assert columns[7].startswith(b"UNDECLARED=1;FLAG;=odd;;X;BCSQ=missense")


def test_should_keep_the_order_and_write_no_index_when_records_are_not_sorted(
    annotate: Annotate,
) -> None:
    result = annotate(vcf(NARP, MELAS, record(8993, "T", "C"), record(3243, "A", "T"), MELAS))

    assert [(record[1], record[4]) for record in result.records] == [
        (b"8993", b"G"),
        (b"3243", b"G"),
        (b"8993", b"C"),
        (b"3243", b"T"),
        (b"3243", b"G"),
    ]
    assert [info["BCSQ"].split("|")[1] for info in result.infos] == [
        "MT-ATP6",
        "MT-TL1",
        "MT-ATP6",
        "MT-TL1",
        "MT-TL1",
    ]
    assert [info.get("KNOWN_ID") is not None for info in result.infos][1::3] == [True, True]
    assert "x.annot.vcf.gz.tbi" not in result.outcome.files
    assert not result.summary["index"]["present"]
    assert "not sorted" in result.log


def test_should_annotate_a_position_that_comes_again_behind_one_without_alleles(
    annotate: Annotate,
) -> None:
    result = annotate(vcf(NARP, record(9000, "A", "."), NARP))

    assert result.infos[0] == result.infos[2]


def test_should_write_an_index_that_finds_a_position_when_records_are_sorted(
    annotate: Annotate,
) -> None:
    result = annotate(vcf(MELAS, NARP))

    with pysam.TabixFile(str(result.folder / result.names.vcf)) as indexed:
        assert [row.split("\t")[1] for row in indexed.fetch("MT", 8992, 8993)] == ["8993"]


def test_should_complete_without_an_index_when_a_position_is_too_large_for_one(
    annotate: Annotate,
) -> None:
    result = annotate(vcf(NARP, record(2**30, "A", "C", chrom="giant")))

    assert len(result.records) == 2
    assert not result.summary["index"]["present"]


def test_should_be_readable_by_bcftools_when_annotated(annotate: Annotate, tmp_path: Path) -> None:
    result = annotate(vcf(MELAS, record(8993, "T", "G,<DEL>"), header=("##source=x",)))

    with pysam.VariantFile(str(result.folder / result.names.vcf)) as opened:
        records = list(opened)
    assert [record.info["BCSQ"][0].split("|")[0] for record in records] == [
        "non_coding",
        "missense",
    ]
    assert records[1].info["BCSQ_ALLELE"] == (1,)


def test_should_use_other_names_when_the_input_has_fields_of_ours(annotate: Annotate) -> None:
    mine = record(3243, "A", "G", info="BCSQ=mine;KNOWN_ID=a,b;NOT_ANNOTATED")

    result = annotate(vcf(mine, NARP))

    assert result.records[0][7].startswith(
        b"BCSQ=mine;KNOWN_ID=a,b;NOT_ANNOTATED;BCSQ_2=non_coding"
    )
    assert result.infos[1]["BCSQ_2"].startswith("missense")
    assert "KNOWN_ID_2" in result.infos[1]
    assert [row["consequence"] for row in result.rows] == [
        "non_coding_transcript_exon_variant",
        "missense_variant",
    ]
    assert "BCSQ_2" in result.log


def test_should_annotate_again_when_the_input_is_a_result(annotate: Annotate) -> None:
    first = annotate(vcf(MELAS, NARP))
    again = annotate((first.folder / first.names.vcf).read_bytes(), name="again.vcf.gz")

    assert again.infos[1]["BCSQ_2"] == again.infos[1]["BCSQ"] == first.infos[1]["BCSQ"]
    assert [row["protein_change"] for row in again.rows] == [None, "p.Leu156Arg"]


def test_should_read_an_upload_by_its_content_when_it_is_compressed(
    annotate: Annotate, tmp_path: Path
) -> None:
    whole = annotate(ONE).records
    members = gzip.compress(ONE[:40].encode()) + gzip.compress(ONE[40:].encode())

    assert annotate(gzip.compress(ONE.encode()), name="misnamed.vcf").records == whole
    assert annotate(members, name="members.vcf.gz").records == whole
    assert annotate(bgzip(ONE, tmp_path), name="x.vcf.bgz").records == whole
    assert annotate(ONE, name="plain.vcf.gz").records == whole


def test_should_count_a_wrong_ref_and_go_on_when_it_is_one_in_ten(annotate: Annotate) -> None:
    right = [record(8993, "T", "G")] * 9

    result = annotate(vcf(*right, record(8994, "T", "G")))

    assert result.infos[9] == {"NOT_ANNOTATED": "reference_mismatch"}
    assert result.summary["records"]["contradicting_reference"] == 1


def test_should_accept_ref_in_lower_case(annotate: Annotate) -> None:
    result = annotate(vcf(record(8993, "t", "g")))

    assert result.records[0][3:5] == [b"t", b"g"]
    assert result.infos[0]["BCSQ"].startswith("missense")


@pytest.mark.parametrize(
    ("content", "line", "sentence"),
    [
        (b"", None, "empty"),
        (gzip.compress(b""), None, "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", 1, "not a VCF"),
        (b"PK\x03\x04rest", None, "zip archive"),
        (b"BCF\x02\x02", None, "BCF file"),
        (gzip.compress(b"BCF\x02\x02"), None, "BCF file"),
        (gzip.compress(b"BAM\x01"), None, "BAM file"),
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
        (vcf(record(20_000, "A", "G")).encode(), None, "no such position"),
        (vcf(record(1, "A", "C", chrom="chr7")).encode(), None, "chr7"),
        (gzip.compress(ONE.encode())[:-20], None, "cut short"),
        (gzip.compress(ONE.encode()) + b"garbage", None, "damaged"),
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
    assert "MT (also chrM, M, NC_012920.1)" in str(refusal.value)


def test_should_refuse_when_more_than_one_ref_in_ten_contradicts(annotate: Annotate) -> None:
    with pytest.raises(InputRejected, match=r"2 of 19 records \(first at line 3, MT 8994: REF is"):
        annotate(vcf(*[record(8994, "T", "G")] * 2, *[NARP] * 17))


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
    bundle: Bundle, engine: BcftoolsEngine, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.write_text("nonsense")
    out = tmp_path / "out"
    out.mkdir()

    with pytest.raises(InputRejected):
        annotate_file(source, "x.vcf", bundle, out, engine=engine)

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
            "more than 3 different contigs",
        ),
        (
            Limits(position_bytes=1000),
            vcf(record(8993, "T", "G" * 1000)),
            "alleles at this position",
        ),
    ],
)
def test_should_refuse_when_a_limit_is_exceeded(
    annotate: Annotate, limits: Limits, content: str, sentence: str
) -> None:
    with pytest.raises(InputRejected, match=sentence):
        annotate(content, limits=limits)


def test_should_refuse_a_gzip_bomb_before_it_is_decompressed(annotate: Annotate) -> None:
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = compressor.compress(f"{HEADER}\n".encode())
    for _ in range(200):
        bomb += compressor.compress(b"##x=" + b"y" * 1_000_000 + b"\n")
    bomb += compressor.flush()

    with pytest.raises(InputRejected, match="header is longer"):
        annotate(bomb, name="bomb.vcf.gz")


def test_should_keep_but_not_annotate_an_allele_that_is_too_long(annotate: Annotate) -> None:
    result = annotate(vcf(NARP, record(8993, "T", "T" + "A" * 50)), limits=Limits(allele_bases=50))

    assert result.infos[1] == {"NOT_ANNOTATED": "allele_too_long"}


def test_should_fail_when_the_time_is_over(annotate: Annotate) -> None:
    with pytest.raises(JobFailed, match="longer than the 0 seconds"):
        annotate(ONE, limits=Limits(seconds=0))


def test_should_refuse_a_file_name_that_is_no_name(annotate: Annotate) -> None:
    with pytest.raises(ValueError, match="characters"):
        annotate(ONE, name="../../x.vcf")


def test_should_report_progress_that_never_falls_and_ends_at_100(
    bundle: Bundle, engine: BcftoolsEngine, tmp_path: Path
) -> None:
    told: list[int] = []

    annotate_file(
        bundle.sample_path, "x.vcf", bundle, tmp_path, engine=engine, progress=told.append
    )

    assert told == sorted(told)
    assert told[-1] == 100


def test_should_leave_nothing_behind_when_progress_ends_the_job(
    bundle: Bundle, engine: BcftoolsEngine, tmp_path: Path
) -> None:
    def stop(percent: int) -> None:
        if percent >= 30:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        annotate_file(bundle.sample_path, "x.vcf", bundle, tmp_path, engine=engine, progress=stop)

    assert list(tmp_path.iterdir()) == []


class ForgetfulEngine(BcftoolsEngine):
    """An engine that loses its last row."""

    def annotate(self, sites: Path, bundle: Bundle, out: Path, **kwargs: Any) -> EngineReport:
        report = super().annotate(sites, bundle, out, **kwargs)
        out.write_bytes(b"".join(out.read_bytes().splitlines(keepends=True)[:-1]))
        return report


def test_should_publish_nothing_when_the_engine_loses_an_allele(
    bundle: Bundle, bcftools: Bcftools, tmp_path: Path
) -> None:
    engine = ForgetfulEngine(bcftools)

    with pytest.raises(MergeError, match="left out"):
        annotate_file(bundle.sample_path, "x.vcf", bundle, tmp_path, engine=engine)

    assert list(tmp_path.iterdir()) == []


def test_should_give_the_same_results_when_a_file_is_annotated_twice(annotate: Annotate) -> None:
    first, second = annotate(ONE), annotate(ONE)

    for name in (first.names.vcf, first.names.index, first.names.parquet, first.names.summary):
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes(), name
    assert COLUMNS.encode() in first.header
