"""Where a change lies in a transcript, and its name there, on a gene of each strand."""

from pathlib import Path

import pysam
import pytest

from runtime.annotator.csq_models import Change, Model
from runtime.annotator.transcripts import Transcript
from runtime.vcf.fasta import Fasta


def transcript(strand: int, *, coding: bool = True) -> Transcript:
    """Exons 101-110 and 121-140, of which 105-110 and 121-129 are the CDS."""
    return Transcript(
        name="T",
        gene="G",
        biotype="protein_coding",
        contig="1",
        strand=strand,
        start=101,
        end=140,
        exons=((101, 110), (121, 140)),
        cds=((105, 110), (121, 129)) if coding else (),
    )


@pytest.mark.parametrize(
    ("position", "forward", "reverse", "non_coding"),
    [
        (100, None, None, None),
        (101, "-4", "*4", "1"),
        (104, "-1", "*1", "4"),
        (105, "1", "15", "5"),
        (110, "6", "10", "10"),
        (111, "6+1", "10-1", "10+1"),
        (115, "6+5", "10-5", "10+5"),
        (116, "7-5", "9+5", "11-5"),
        (120, "7-1", "9+1", "11-1"),
        (121, "7", "9", "11"),
        (129, "15", "1", "19"),
        (130, "*1", "-1", "20"),
        (140, "*11", "-11", "30"),
        (141, None, None, None),
    ],
)
def test_should_number_a_position_as_hgvs_does(
    position: int, forward: str | None, reverse: str | None, non_coding: str | None
) -> None:
    assert transcript(1).locate(position) == forward
    assert transcript(-1).locate(position) == reverse
    assert transcript(1, coding=False).locate(position) == non_coding


BASES = f"{'T' * 100}{'CATG' * 10}{'T' * 20}"
"""Of contig 1: 160 bases; exon 1 is CATGCATGCA, exon 2 CATGCATG..."""


@pytest.fixture
def fasta(tmp_path: Path) -> Fasta:
    path = tmp_path / "x.fa"
    path.write_text(f">1\n{BASES}\n")
    pysam.faidx(str(path))
    return Fasta(path)


def change(position: int, count: int, alt: str) -> Change:
    """So many bases from `position` on become `alt`."""
    return Change.of(position, BASES[position - 1 : position - 1 + count], alt)


@pytest.mark.parametrize(
    ("changed", "forward", "reverse"),
    [
        ((106, 1, "C"), "c.2A>C", "c.14T>G"),
        ((106, 2, "GG"), "c.2_3delinsGG", "c.13_14delinsCC"),
        ((105, 3, "C"), "c.2_3del", "c.13_14del"),
        ((105, 1, "CC"), "c.1dup", "c.15dup"),
        ((106, 1, "AGG"), "c.2_3insGG", "c.13_14insCC"),
        ((109, 3, "C"), "c.6_6+1del", "c.10-1_10del"),
        ((99, 4, "T"), None, None),
        ((90, 1, "C"), None, None),
    ],
)
def test_should_name_a_change_on_the_transcript(
    fasta: Fasta, changed: tuple[int, int, str], forward: str | None, reverse: str | None
) -> None:
    assert Model(transcript(1), fasta, 1).hgvs(change(*changed)) == forward
    assert Model(transcript(-1), fasta, 1).hgvs(change(*changed)) == reverse


def test_should_use_n_when_the_transcript_has_no_cds(fasta: Fasta) -> None:
    assert Model(transcript(1, coding=False), fasta, 1).hgvs(change(102, 1, "G")) == "n.2A>G"


@pytest.mark.parametrize(
    ("changed", "places", "codons"),
    [
        # exon, intron, cDNA, CDS, protein of the forward strand
        ((106, 1, "C"), ("1/2", None, "6", "2", "1"), ("cAt/cCt", "M/P")),
        ((108, 1, "A"), ("1/2", None, "8", "4", "2"), ("Gca/Aca", "A/T")),
        ((107, 3, "T"), ("1/2", None, "8-9", "4-5", "2"), ("GCa/a", "A/X")),
        ((107, 4, "T"), ("1/2", None, "8-10", "4-6", "2"), ("GCA/-", "A/-")),
        ((107, 1, "TAAA"), ("1/2", None, "7-8", "3-4", "1-2"), ("-/AAA", "-/K")),
        ((108, 1, "GTT"), ("1/2", None, "8-9", "4-5", "2"), ("gca/gTTca", "A/VX")),
        ((115, 1, "C"), (None, "1/1", None, None, None), None),
        ((110, 2, "A"), (None, "1/1", None, None, None), None),
        ((109, 3, "C"), ("1/2", "1/1", "10-?", "6-?", "2-?"), None),
        ((101, 1, "A"), ("1/2", None, "1", None, None), None),
    ],
)
def test_should_place_a_change_in_the_transcript(
    fasta: Fasta,
    changed: tuple[int, int, str],
    places: tuple[str | None, ...],
    codons: tuple[str, str] | None,
) -> None:
    model, made = Model(transcript(1), fasta, 1), change(*changed)

    found = (
        model.exon(made),
        model.intron(made),
        model.cdna_position(made),
        model.cds_position(made),
        model.protein_position(made),
    )
    assert found == places
    assert model.coding(made) == codons


REPEATS = f"{'G' * 100}{'ACAAACCCACACAAAACCACAACCCAAACACACACCCAAA'}A{'G' * 20}"
"""Of contig 1: so many repeats that most deletions can be written in several places."""


def _deletions(count: int) -> list[int]:
    """Positions at which so many bases of the transcript can be deleted."""
    return list(range(101, 141 - count + 1))


def _deleted(position: int, count: int) -> str:
    return REPEATS[: position - 1] + REPEATS[position - 1 + count :]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("strand", [1, -1])
def test_should_name_the_most_3_prime_of_equal_deletions_in_exons_and_introns(
    tmp_path: Path, strand: int, count: int
) -> None:
    path = tmp_path / "repeats.fa"
    path.write_text(f">1\n{REPEATS}\n")
    pysam.faidx(str(path))
    of = transcript(strand)
    model = Model(of, Fasta(path), 1)

    for position in _deletions(count):
        equal = [at for at in _deletions(count) if _deleted(at, count) == _deleted(position, count)]
        most = max(equal) if strand > 0 else min(equal)
        ends = [of.locate(most), of.locate(most + count - 1)][::strand]
        made = Change(position, position + count - 1, REPEATS[position - 1 :][:count], "")
        assert model.hgvs(made) == f"c.{'_'.join(dict.fromkeys(map(str, ends)))}del"
