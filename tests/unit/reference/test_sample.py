"""The sample that a bundle gets of a track."""

from pathlib import Path

import pysam

from reference.sample import write_sample

HEADER = "##fileformat=VCFv4.3\n##contig=<ID=1,length=100>\n##contig=<ID=2,length=100>\n"
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


def test_should_take_some_records_of_each_contig_when_a_track_has_many(tmp_path: Path) -> None:
    places = [("1", 10), ("1", 50), ("1", 60), ("1", 70), ("1", 80), ("2", 7), ("2", 9)]
    rows = "".join(f"{contig}\t{at}\trs{at}\tA\tG\t.\t.\tAF=1\n" for contig, at in places)
    (tmp_path / "x.vcf").write_text(HEADER + COLUMNS + rows)
    pysam.tabix_index(str(tmp_path / "x.vcf"), preset="vcf")

    write_sample(tmp_path / "x.vcf.gz", {"0": 9, "1": 100, "2": 100}, tmp_path / "sample.vcf")

    lines = (tmp_path / "sample.vcf").read_text().splitlines()
    assert lines[:4] == [
        "##fileformat=VCFv4.3",
        *("##contig=<ID=0,length=9>", "##contig=<ID=1,length=100>", "##contig=<ID=2,length=100>"),
    ]
    assert [line.split("\t")[:2] for line in lines[5:]] == [
        *(["1", "60"], ["1", "70"], ["1", "80"], ["2", "7"], ["2", "9"]),
    ]
    assert lines[5] == "1\t60\t.\tA\tG\t.\tPASS\t."
