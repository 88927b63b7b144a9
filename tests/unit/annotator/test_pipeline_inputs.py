"""What a VCF may be like: every form of one is annotated, and nothing of it is lost."""

import gzip
from pathlib import Path

import pytest

from runtime.annotator.limits import Limits
from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.vcfs import HEADER, MELAS, NARP, ONE, bgzip, record, vcf


@pytest.mark.parametrize("name", ["MT", "chrM", "M", "NC_012920.1"])
def test_should_annotate_under_the_name_of_the_file_when_a_contig_has_an_alias(
    annotate: Annotate, name: str
) -> None:
    result = annotate(vcf(record(8993, "T", "G", chrom=name)))

    assert result.records[0][0] == name.encode()
    assert result.effects[0][0]["SYMBOL"] == "MT-ATP6"
    assert f"##contig=<ID={name},length=16569,assembly=rCRS>".encode() in result.header


MIXED_NAMES = [
    ("MT", 8993, "T", "G"),
    ("chrM", 8993, "T", "C"),
    ("MT", 3243, "A", "G"),
    ("chrM", 8993, "T", "G"),
]


def test_should_annotate_all_records_when_one_file_uses_two_names_of_a_contig(
    annotate: Annotate,
) -> None:
    records = [record(p, r, a, chrom=c) for c, p, r, a in MIXED_NAMES]

    result = annotate(vcf(*records))

    assert [effects[0]["SYMBOL"] for effects in result.effects] == [
        "MT-ATP6",
        "MT-ATP6",
        "MT-TL1",
        "MT-ATP6",
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
    assert result.effects[0][0]["Consequence"] == "missense_variant"


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


def test_should_read_an_upload_by_its_content_when_it_is_compressed(
    annotate: Annotate, tmp_path: Path
) -> None:
    whole = annotate(ONE).records
    members = gzip.compress(ONE[:40].encode()) + gzip.compress(ONE[40:].encode())

    assert annotate(gzip.compress(ONE.encode()), name="misnamed.vcf").records == whole
    assert annotate(members, name="members.vcf.gz").records == whole
    assert annotate(bgzip(ONE, tmp_path), name="x.vcf.bgz").records == whole
    assert annotate(ONE, name="plain.vcf.gz").records == whole


def test_should_tell_alleles_apart_when_a_record_has_several(annotate: Annotate) -> None:
    result = annotate(vcf(record(8993, "T", "G,C,TA", info="AF=0.1,0.2,0.3")))

    assert result.records[0][4] == b"G,C,TA"
    assert [
        (each["ALLELE_NUM"], each["Allele"], each["Consequence"]) for each in result.effects[0]
    ] == [
        ("1", "G", "missense_variant"),
        ("2", "C", "missense_variant"),
        ("3", "TA", "frameshift_variant"),
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
        ("<CNV>", "symbolic_allele"),
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
    assert (row["Consequence"], row["IMPACT"], row["not_annotated"]) == (None, None, reason)


def test_should_annotate_the_plain_allele_when_another_of_the_record_is_symbolic(
    annotate: Annotate,
) -> None:
    result = annotate(vcf(record(8993, "T", "<DEL>,G,*")))

    assert [each["ALLELE_NUM"] for each in result.effects[0]] == ["2"]
    assert result.infos[0]["NOT_ANNOTATED"] == "symbolic_allele,.,overlapping_deletion"
    assert [row["Consequence"] for row in result.rows] == [None, "missense_variant", None]


def test_should_keep_but_not_annotate_an_allele_that_is_too_long(annotate: Annotate) -> None:
    result = annotate(
        vcf(NARP, record(8993, "T", "T" + "A" * 50)), limits=Limits(inserted_bases=50)
    )

    assert result.infos[1] == {"NOT_ANNOTATED": "allele_too_long"}


def test_should_accept_ref_in_lower_case(annotate: Annotate) -> None:
    result = annotate(vcf(record(8993, "t", "g")))

    assert result.records[0][3:5] == [b"t", b"g"]
    assert result.effects[0][0]["Consequence"] == "missense_variant"


def test_should_count_a_wrong_ref_and_go_on_when_it_is_one_in_ten(annotate: Annotate) -> None:
    right = [record(8993, "T", "G")] * 9

    result = annotate(vcf(*right, record(8994, "T", "G")))

    assert result.infos[9] == {"NOT_ANNOTATED": "reference_mismatch"}
    assert result.summary["records"]["contradicting_reference"] == 1


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
    assert columns[7].startswith(b"UNDECLARED=1;FLAG;=odd;;X;CSQ=G|missense_variant|")


def test_should_use_other_names_when_the_input_has_fields_of_ours(annotate: Annotate) -> None:
    mine = record(3243, "A", "G", info="CSQ=mine;KNOWN_ID=a,b;NOT_ANNOTATED")

    result = annotate(vcf(mine, NARP))

    assert result.records[0][7].startswith(
        b"CSQ=mine;KNOWN_ID=a,b;NOT_ANNOTATED;CSQ_2=G|non_coding_transcript_exon_variant|"
    )
    assert result.infos[1]["CSQ_2"].startswith("G|missense_variant|")
    assert "KNOWN_ID_2" in result.infos[1]
    assert [row["Consequence"] for row in result.rows] == [
        "non_coding_transcript_exon_variant",
        "missense_variant",
    ]
    assert "CSQ_2" in result.log


def test_should_annotate_again_when_the_input_is_a_result(annotate: Annotate) -> None:
    first = annotate(vcf(MELAS, NARP))
    again = annotate((first.folder / first.names.vcf).read_bytes(), name="again.vcf.gz")

    assert again.infos[1]["CSQ_2"] == again.infos[1]["CSQ"] == first.infos[1]["CSQ"]
    assert [row["HGVSp"] for row in again.rows] == [None, "ENST00000361899.2:p.Leu156Arg"]


def test_should_annotate_a_position_that_comes_again_behind_one_without_alleles(
    annotate: Annotate,
) -> None:
    result = annotate(vcf(NARP, record(9000, "A", "."), NARP))

    assert result.infos[0] == result.infos[2]
