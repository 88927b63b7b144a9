"""FASTA and GFF3 as they come: in any form that is right; what is wrong is named with its line."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from reference.errors import InputError
from reference.fasta import write_fasta
from reference.gff import spool
from reference.gff.spool import Spool, group_contigs
from reference.progress import SILENT
from runtime.vcf.fasta import Fasta
from tests.unit.reference.small import gff3

ROW = "9 gene 1 90 + . ID=a"


@pytest.mark.parametrize("pack", [lambda data: data, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_should_write_lines_of_equal_width_when_a_fasta_has_any(
    tmp_path: Path, pack: Callable[[bytes], bytes], end: str
) -> None:
    lines = [">9 a chromosome", "acgtn", "ACGTRYSWKM" * 20, "", ">chrM", "A" * 60, ">x", "TT"]
    source = tmp_path / "given"
    source.write_bytes(pack(end.join([*lines, ""]).encode()))

    lengths = write_fasta((source,), tmp_path / "x.fa", SILENT)

    assert lengths == {"9": 205, "chrM": 60, "x": 2}
    fasta = Fasta(tmp_path / "x.fa")
    assert fasta.lengths == lengths
    assert fasta.bases("9", 1, 205) == b"ACGTN" + b"ACGTRYSWKM" * 20
    assert max(map(len, (tmp_path / "x.fa").read_text().splitlines())) == 60


def test_should_join_pieces_when_a_sequence_is_longer_than_a_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reference.text_files._BLOCK", 120)
    text = "ACGTTGCAAC" * 50
    lines = [text[:77], text[77:150], text[150:301], text[301:]]
    (tmp_path / "given").write_text("\n".join([">9", *lines, ">2", "A", ""]))

    write_fasta((tmp_path / "given",), tmp_path / "x.fa", SILENT)

    assert Fasta(tmp_path / "x.fa").bases("9", 1, 500) == text.encode()


def test_should_keep_the_order_of_the_files_when_a_genome_has_several(tmp_path: Path) -> None:
    first, second = tmp_path / "chr10.fa.gz", tmp_path / "chr9.fa"
    first.write_bytes(gzip.compress(b">10\nACGT\n>11\nA\n"))
    second.write_text(">9\nTTT")

    lengths = write_fasta((first, second), tmp_path / "x.fa", SILENT)

    assert list(lengths.items()) == [("10", 4), ("11", 1), ("9", 3)]
    assert Fasta(tmp_path / "x.fa").bases("9", 1, 3) == b"TTT"
    with pytest.raises(InputError, match=r"chr9\.fa, line 1: a second sequence is named 9"):
        write_fasta((second, second), tmp_path / "y.fa", SILENT)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "holds no sequence"),
        ("ACGT\n", "line 1: a FASTA file begins with a line like >9"),
        (">9\nACGT\n>9\nA\n", "line 3: a second sequence is named 9"),
        (">9\nACGT\n> x\nA\n", "line 3: the header has no name"),
        (">9\nACGT\nMEEP\n", "line 3: 'E' is no base"),
        (">9\n>8\nA\n", "9 has no bases"),
    ],
)
def test_should_name_file_and_line_when_a_fasta_is_wrong(
    tmp_path: Path, text: str, fault: str
) -> None:
    (tmp_path / "given.fa").write_text(text)

    with pytest.raises(InputError, match=r"given\.fa") as error:
        write_fasta((tmp_path / "given.fa",), tmp_path / "x.fa", SILENT)

    assert fault in str(error.value)


def test_should_say_so_when_a_file_is_missing_or_cut_off(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.fa: can't be read: No such file"):
        write_fasta((tmp_path / "none.fa",), tmp_path / "x.fa", SILENT)

    (tmp_path / "cut.fa.gz").write_bytes(gzip.compress(b">9\n" + b"ACGT" * 1_000)[:-20])
    with pytest.raises(InputError, match=r"cut\.fa\.gz: is damaged"):
        write_fasta((tmp_path / "cut.fa.gz",), tmp_path / "x.fa", SILENT)


def _spool(folder: Path, text: str, lengths: dict[str, int] | None = None) -> Spool:
    path = folder / "given.gff3"
    path.write_text(text)
    (folder / "rows").mkdir()
    made = Spool(folder / "rows", group_contigs(lengths or {"9": 100}))
    made.fill(path, {"9": "9", "chr9": "9", "8": "8"}.get, SILENT)
    return made


def test_should_give_rows_back_by_group_when_contigs_are_mixed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "_HELD_BYTES", 30)
    rows = ("9 gene 1 90 + . ID=a", "8 gene 1 9 + . ID=b", "chr9 exon 5 9 + . Parent=a")
    made = _spool(tmp_path, gff3(*rows), {"9": 60_000_000, "8": 100})

    assert made.read(0).select("contig", "type", "start").rows() == [
        ("9", "gene", 1),
        ("9", "exon", 5),
    ]
    assert made.read(1)["attributes"].to_list() == ["ID=b"]


def test_should_group_contigs_when_they_are_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "GROUP_BASES", 100)
    lengths = {"a": 250, "b": 60, "c": 40, "d": 1, "e": 100}

    assert group_contigs(lengths) == [["a"], ["b", "c"], ["d"], ["e"]]


def test_should_end_at_the_sequences_when_a_gff3_has_some(tmp_path: Path) -> None:
    made = _spool(tmp_path, gff3(ROW) + "\n###\n##FASTA\n>9\nACGT\n")

    assert made.rows == 1


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("9\tx\tgene\t1\t90", "line 3: a row of GFF3 has 9 columns between tabs, this has 5"),
        ("9\tx\tgene\tone\t90\t.\t+\t.\tID=b", "start and end should be whole numbers in order"),
        ("9\tx\tgene\t91\t90\t.\t+\t.\tID=b", "in order, not '91' and '90'"),
        ("9\tx\tgene\t1\t90\t.\tplus\t.\tID=b", "the strand should be + or -, not 'plus'"),
        ("9\tx\tgene\t1\t90\t.\t+\t3\tID=b", "the phase should be 0, 1, 2 or ., not '3'"),
        ("9\tx\tgene\t1\t90\t.\t+\t.\t ", "attributes should not be empty"),
    ],
)
def test_should_name_file_and_line_when_a_row_is_wrong(
    tmp_path: Path, line: str, fault: str
) -> None:
    with pytest.raises(InputError, match=r"given\.gff3, line 3") as error:
        _spool(tmp_path, gff3(ROW) + line + "\n")

    assert fault in str(error.value)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("##gff-version 3\n", "holds no row"),
        (gff3("chrX gene 1 9 + . ID=a"), "it has chrX, the FASTA 9. Say which is which"),
        (gff3('9 gene 1 9 + . gene_id "A";'), "line 2: this is GTF: convert it"),
    ],
)
def test_should_say_what_to_do_when_no_row_can_be_used(
    tmp_path: Path, text: str, fault: str
) -> None:
    with pytest.raises(InputError, match=r"given\.gff3") as error:
        _spool(tmp_path, text)

    assert fault in str(error.value)
