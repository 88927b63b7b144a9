"""The benchmarks' inputs hold distinct alleles that fit their reference, the same each time."""

from pathlib import Path

import pysam
import pytest

from bench.alleles import COLUMNS, write_every_snv, write_spread
from runtime.vcf.fasta import Fasta

BASES = {"one": "ACGTNCGTAC" * 100, "two": "GATTACA" * 30}
COUNT = 1000 + 210


@pytest.fixture
def reference(tmp_path: Path) -> Fasta:
    path = tmp_path / "reference.fa"
    path.write_text("".join(f">{name}\n{bases}\n" for name, bases in BASES.items()))
    pysam.faidx(str(path))
    return Fasta(path)


def rows(vcf: Path) -> list[list[str]]:
    lines = vcf.read_text().splitlines(keepends=True)
    return [line.rstrip("\n").split("\t") for line in lines[lines.index(COLUMNS) + 1 :]]


def spread(reference: Fasta, tmp_path: Path, count: int) -> list[list[str]]:
    vcf = tmp_path / "alleles.vcf"
    written = write_spread(reference, count, vcf)
    found = rows(vcf)
    assert len(found) == written
    return found


@pytest.mark.parametrize("count", [1, 20, 121, COUNT])
def test_should_write_one_allele_a_position_when_spread(
    reference: Fasta, tmp_path: Path, count: int
) -> None:
    found = spread(reference, tmp_path, count)

    places = [(list(BASES).index(row[0]), int(row[1])) for row in found]
    assert places == sorted(set(places))
    assert 0.8 * count <= len(found) <= count


def test_should_leave_out_only_positions_without_a_base_when_all_are_wanted(
    reference: Fasta, tmp_path: Path
) -> None:
    assert len(spread(reference, tmp_path, COUNT)) == COUNT - 100


def test_should_refuse_more_alleles_than_positions(reference: Fasta, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there are 1,210"):
        spread(reference, tmp_path, COUNT + 1)


def test_should_agree_with_the_reference_when_alleles_are_written(
    reference: Fasta, tmp_path: Path
) -> None:
    lengths = set()
    for contig, position, _, ref, alt, *_ in spread(reference, tmp_path, COUNT):
        begin = int(position) - 1
        assert BASES[contig][begin : begin + len(ref)] == ref
        assert ref != alt
        assert set(ref + alt) <= set("ACGT")
        assert ref[0] == alt[0] or len(ref) == len(alt) == 1
        lengths.add(len(alt) - len(ref))

    assert min(lengths) < 0 < max(lengths)


def test_should_write_three_alleles_a_base_when_every_snv_is_wanted(
    reference: Fasta, tmp_path: Path
) -> None:
    vcf = tmp_path / "snvs.vcf"

    count = write_every_snv(reference, vcf)

    found = {(row[0], row[1], row[3], row[4]) for row in rows(vcf)}
    assert count == len(found) == 3 * (COUNT - 100)
    assert all(ref != alt for _, _, ref, alt in found)


def test_should_write_the_same_bytes_when_written_again(reference: Fasta, tmp_path: Path) -> None:
    one, two = tmp_path / "one.vcf", tmp_path / "two.vcf"
    write_spread(reference, 500, one)
    write_spread(reference, 500, two)

    assert one.read_bytes() == two.read_bytes()
