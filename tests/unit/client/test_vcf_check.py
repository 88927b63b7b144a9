"""The check of a file before it is sent."""

import gzip
import json
from pathlib import Path

import pytest

from gas_client.errors import UsageError
from gas_client.vcf_check import BGZF_EOF, check_file
from runtime.vcf.bgzf import BgzfWriter
from tests.unit.client.conftest import COLUMNS, HEADER, RECORD

TEXT = (HEADER + COLUMNS + RECORD * 10_000).encode()


@pytest.mark.parametrize("name", ["x.vcf", "x.VCF.GZ", "x.vcf.bgz"])
def test_should_read_the_lengths_of_contigs_when_the_file_is_a_vcf(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(TEXT if name == "x.vcf" else gzip.compress(TEXT))

    assert check_file(path).contigs == {"MT": 16569}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"BCF\x02\x02", "is a BCF"),
        (b"Dear all", "first line must begin with ##fileformat=VCF"),
        (HEADER.encode(), "has no line #CHROM"),
        ((HEADER + "#CHROM POS ID").encode(), "has no line #CHROM"),
        (gzip.compress(HEADER.encode())[:-9], "is cut short or damaged"),
        (gzip.compress(TEXT)[:30], "is cut short or damaged"),
        (b"\x1f\x8bnot gzip at all", "is cut short or damaged"),
    ],
)
def test_should_name_the_fault_when_the_file_is_not_fit(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "x.vcf.gz"
    path.write_bytes(content)

    with pytest.raises(UsageError, match=reason):
        check_file(path)


def test_should_see_that_a_bgzip_file_is_cut_short_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "x.vcf.gz"
    with BgzfWriter(path) as file:
        file.write(TEXT)
    assert check_file(path).contigs == {"MT": 16569}
    assert path.read_bytes().endswith(BGZF_EOF)

    path.write_bytes(path.read_bytes()[: -len(BGZF_EOF)])

    with pytest.raises(UsageError, match="its last bgzip block is missing"):
        check_file(path)


def test_should_not_take_other_files_by_their_names(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"must end in \.vcf"):
        check_file(tmp_path / "x.bam")
    with pytest.raises(UsageError, match="No such file"):
        check_file(tmp_path / "x.vcf")


def test_should_read_what_tells_the_assembly_and_the_first_records(tmp_path: Path) -> None:
    path = tmp_path / "x.vcf"
    path.write_text(
        "##fileformat=VCFv4.2\n##reference=file:///hs37d5.fa\n"
        '##contig=<ID=1,length=249250621,assembly="b37">\n##contig=<ID=X,length=2147483647>\n'
        f"{COLUMNS}1\t5\t.\tAc\tG\t.\t.\t.\n1\t7\t.\tN\tG\t.\t.\t.\nX\tx\t.\tA\tG\t.\t.\t.\n"
    )
    assert check_file(path).question("grch37") == {
        "contigs": [{"name": "1", "length": 249250621}, {"name": "X", "length": 0}],
        "assemblies": ["b37"],
        "reference_line": "file:///hs37d5.fa",
        "seen": ["1"],
        "records": [{"contig": "1", "position": 5, "ref": "Ac"}],
        "complete": True,
        "chosen": "grch37",
    }


def test_should_ask_in_few_bytes_when_the_header_has_thousands_of_contigs(tmp_path: Path) -> None:
    path = tmp_path / "x.vcf"
    lines = "".join(f"##contig=<ID=scaffold_{n:05},length={n}>\n" for n in range(3000))
    record = RECORD.replace("MT", "scaffold_02999")
    path.write_text(f"##fileformat=VCFv4.2\n{lines}{COLUMNS}{record * 50}")
    question = check_file(path).question(None)
    assert len(json.dumps(question)) < 8_000
    assert question["contigs"][-1] == {"name": "scaffold_02999", "length": 2999}
    assert question["complete"] is False
