"""Tracks in the bundle: an allele is found by its text."""

import gzip
from dataclasses import replace
from pathlib import Path

import pysam
import pytest

from reference.errors import InputError
from reference.options import TrackOption, read_track
from runtime.common.manifest import TrackField
from tests.unit.reference.small import GENES, SEQUENCE, Small, build_small

HEADER = """\
##fileformat=VCFv4.2
##INFO=<ID=CLNSIG,Number=.,Type=String,Description="Clinical \\"significance\\"">
##INFO=<ID=AF,Number=A,Type=Float,Description="Allele frequency">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
"""
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"


def _build(folder: Path, *records: str, fields: str = "ID,INFO/CLNSIG", header: str = "") -> Small:
    """A record is `contig position id REF ALT INFO`."""
    vcf = folder / "given.vcf"
    lines = []
    for record in records:
        contig, position, name, ref, alt, info = record.split(" ")
        lines.append("\t".join((contig, position, name, ref, alt, ".", ".", info)))
    vcf.write_text("\n".join([(header or HEADER) + COLUMNS, *lines, ""]))
    track: TrackOption = read_track(f"known={vcf}:{fields}")
    return build_small(folder, *GENES, contigs={"9": SEQUENCE, "8": SEQUENCE}, tracks=(track,))


def test_should_leave_out_what_its_publisher_doubts_when_only_pass_is_wanted(
    tmp_path: Path,
) -> None:
    vcf = tmp_path / "given.vcf"
    rows = ["9\t1\ta\tA\tG\t.\tPASS\t.", "9\t2\tb\tC\tT\t.\tAC0\t.", "9\t3\tc\tG\tT\t.\t.\t."]
    vcf.write_text("\n".join([HEADER + COLUMNS, *rows, ""]))
    track = replace(read_track(f"known={vcf}:ID"), only_pass=True)

    small = build_small(tmp_path, *GENES, contigs={"9": SEQUENCE}, tracks=(track,))

    assert [record[2] for record in _records(small)] == ["a", "c"]
    assert small.left_out == {"alleles of track known that their publisher filtered out": 1}


def _records(small: Small) -> list[tuple[str, int, str | None, str, tuple[str, ...] | None]]:
    with pysam.VariantFile(str(small.folder / "known.vcf.gz")) as file:
        return [(r.contig, r.pos, r.id, str(r.ref), r.alts) for r in file]


def test_should_keep_records_as_they_are_when_they_fit(tmp_path: Path) -> None:
    small = _build(tmp_path, "9 1 a A G CLNSIG=Benign", "9 3 b GTA G .", "8 4 c T TCC .")

    assert _records(small) == [
        ("9", 1, "a", "A", ("G",)),
        ("9", 3, "b", "GTA", ("G",)),
        ("8", 4, "c", "T", ("TCC",)),
    ]
    with pysam.VariantFile(str(small.folder / "known.vcf.gz")) as file:
        (found,) = file.fetch("9", 0, 1)
    assert found.info["CLNSIG"] == ("Benign",)


def test_should_split_align_and_sort_when_records_need_it(tmp_path: Path) -> None:
    small = _build(
        tmp_path,
        "chr9 12 late TG T .",
        # A deletion from the run of T at 8 to 12, written at its end; and two ALTs with padding.
        "9 11 run TT T .",
        "9 1 two AC AG,A AF=0.1,0.2",
        fields="ID,INFO/AF",
    )

    assert _records(small) == [
        ("9", 1, "two", "AC", ("A",)),
        ("9", 2, "two", "C", ("G",)),
        ("9", 7, "run", "GT", ("G",)),
        ("9", 12, "late", "TG", ("T",)),
    ]
    with pysam.VariantFile(str(small.folder / "known.vcf.gz")) as file:
        values = {record.alts: record.info.get("AF") for record in file.fetch("9", 0, 2)}
    assert {key: round(value[0], 3) for key, value in values.items()} == {("A",): 0.2, ("G",): 0.1}


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (("9 11 a TT T .",), [("9", 7, "GT", ("G",))]),
        (("9 1 a AC AG .",), [("9", 2, "C", ("G",))]),
        (("9 1 a A G,T .",), [("9", 1, "A", ("G",)), ("9", 1, "A", ("T",))]),
        (("9 2 a C G .", "9 1 b A G ."), [("9", 1, "A", ("G",)), ("9", 2, "C", ("G",))]),
        (
            ("9 1 a A G .", "8 1 b A G .", "chr9 2 c C G ."),
            [("9", 1, "A", ("G",)), ("9", 2, "C", ("G",)), ("8", 1, "A", ("G",))],
        ),
    ],
    ids=["left-align", "trim", "split", "sort positions", "sort contigs"],
)
def test_should_change_a_track_when_one_thing_about_it_does_not_fit(
    tmp_path: Path,
    records: tuple[str, ...],
    expected: list[tuple[str, int, str, tuple[str, ...]]],
) -> None:
    found = [
        (contig, at, ref, alts) for contig, at, _, ref, alts in _records(_build(tmp_path, *records))
    ]

    assert found == expected


def test_should_keep_only_what_is_taken_when_records_hold_more(tmp_path: Path) -> None:
    _build(tmp_path, "9 1 a A G AF=0.5;CLNSIG=Benign;OTHER=x", "9 2 b C T FLAG", fields="INFO/AF")

    with gzip.open(tmp_path / "bundle/known.vcf.gz", "rt") as file:
        text = file.read()
    assert [line.split("\t")[2:] for line in text.splitlines() if line[0] == "9"] == [
        [".", "A", "G", ".", ".", "AF=0.5"],
        [".", "C", "T", ".", ".", "."],
    ]
    assert [line for line in text.splitlines() if line.startswith("##INFO")] == [
        '##INFO=<ID=AF,Number=A,Type=Float,Description="Allele frequency">'
    ]
    assert "##FORMAT" not in text


def test_should_count_records_when_they_cannot_be_used(tmp_path: Path) -> None:
    small = _build(
        tmp_path,
        "9 1 a A G .",
        "9 2 b C <DEL> .",
        "9 3 c G . .",
        "9 4 d A C .",
        "X 5 e A C .",
        "9 5 f A C .",
    )

    assert [record[2] for record in _records(small)] == ["a", "f"]
    assert small.left_out == {
        "alleles of track known on contigs that the bundle lacks": 1,
        "alleles of track known whose REF contradicts the reference": 1,
        "alleles of track known without bases as ALT": 2,
    }


def test_should_type_fields_by_the_track_s_own_header(tmp_path: Path) -> None:
    small = _build(tmp_path, "9 1 a A G .", fields="ID,INFO/CLNSIG,INFO/AF=frequency")

    (track,) = small.built.manifest.tracks
    assert track.fields == [
        TrackField(
            source="ID",
            target="id",
            description="Identifier in known",
            number="1",
            type="String",
            kind="identifier",
            records=1,
        ),
        TrackField(
            source="INFO/CLNSIG",
            target="clinical_significance",
            description="Clinical significance",
            number=".",
            type="String",
            kind="significance",
            records=0,
        ),
        TrackField(
            source="INFO/AF",
            target="frequency",
            description="Allele frequency",
            number="A",
            type="Float",
            kind="frequency",
            records=0,
        ),
    ]
    assert track.records == 1


def test_should_keep_the_first_record_and_count_when_an_allele_has_several(tmp_path: Path) -> None:
    small = _build(
        tmp_path,
        "9 8 right TT T CLNSIG=Benign",
        "9 7 left GT G CLNSIG=Pathogenic",
        "9 1 one A G .",
        "9 1 one A C,G .",
    )

    assert [record[2:4] for record in _records(small)] == [
        ("one", "A"),
        ("one", "A"),
        ("right", "GT"),
    ]
    assert small.left_out == {
        "alleles of track known with another record before them": 1,
        "alleles of track known with an equal record before them": 1,
    }


def test_should_keep_an_allele_without_the_value_when_there_is_not_one_for_each(
    tmp_path: Path,
) -> None:
    small = _build(tmp_path, "9 1 a A G,T AF=0.5", "9 2 b C G AF=0.25", fields="INFO/AF")

    with pysam.VariantFile(str(small.folder / "known.vcf.gz")) as file:
        assert [record.info.get("AF") for record in file] == [None, None, (0.25,)]
    assert small.left_out == {
        "alleles of track known kept without INFO/AF, which isn't one an allele": 2
    }


@pytest.mark.parametrize(
    ("lines", "version", "date"),
    [
        ("##fileDate=20230525\n##dbSNP_BUILD_ID=156\n", "156", "2023-05-25"),
        ("##fileDate=2026-11-01\n##source=ClinVar\n", None, "2026-11-01"),
        ("##fileDate=Sunday\n", None, None),
    ],
    ids=["dbSNP", "ClinVar", "none"],
)
def test_should_take_version_and_date_from_the_header_when_none_is_stated(
    tmp_path: Path, lines: str, version: str | None, date: str | None
) -> None:
    header = HEADER.replace("##INFO", f"{lines}##INFO", 1)
    (track,) = _build(tmp_path, "9 1 a A G .", header=header).built.manifest.tracks

    assert (track.version, track.date) == (version, date)


@pytest.mark.parametrize(
    ("records", "fields", "header", "fault"),
    [
        (("9 1 a A G .",), "INFO/X", "", "has no INFO field X; it has AF, CLNSIG"),
        (("X 1 a A G .",), "ID", "", "no record can be used: it has the contigs X; say with"),
        ((), "ID", "", "no record can be used: it has the contigs (none)"),
        (("9 1 a G A .", "9 2 b C T .", "9 3 c C T ."), "ID", "", "belongs to another assembly"),
        (("9 x a G A .",), "ID", "", "line 6: this is no record of a VCF"),
        (("9 1 a A G .",), "ID", "##fileformat=BCF\n", "line 1: is no VCF"),
    ],
)
def test_should_say_what_is_wrong_when_a_track_cannot_be_used(
    tmp_path: Path, records: tuple[str, ...], fields: str, header: str, fault: str
) -> None:
    with pytest.raises(InputError, match=r"given\.vcf") as error:
        _build(tmp_path, *records, fields=fields, header=header)

    assert fault in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        *("clinvar", "x.vcf:ID", "a=x.vcf", "a=x.vcf:CLNSIG", "a=x.vcf:ID,INFO/", "1=x.vcf:ID"),
        "a=x.bed:3",
    ],
)
def test_should_show_an_example_when_a_track_is_written_wrongly(text: str) -> None:
    with pytest.raises(InputError, match="should be"):
        read_track(text)
