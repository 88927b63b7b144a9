"""What can't be used is left out and counted by its reason; the rest is built."""

from pathlib import Path

import pytest

from reference.errors import InputError
from tests.unit.reference.small import LENGTH, bases, build_small

GENE = "9 gene 1 2900 + . ID=gene:G"
GOOD = (
    "9 mRNA 101 400 + . ID=transcript:T;Parent=gene:G",
    "9 exon 101 400 + . Parent=transcript:T",
)


@pytest.mark.parametrize(
    ("rows", "reason", "count"),
    [
        (
            ("x gene 1 9 + . ID=a", "x exon 1 9 + . Parent=a"),
            "rows of the GFF3 on contigs that the FASTA lacks",
            2,
        ),
        (("9 exon 1 9 + . ID=e",), "exons without a parent", 1),
        (
            ("9 exon 1 9 + . Parent=transcript:X", "9 CDS 1 9 + 0 Parent=transcript:X"),
            "exons and CDS whose parent isn't on the contig",
            2,
        ),
        (
            ("9 mRNA 1 9 + . ID=transcript:X;Parent=gene:G",),
            "transcripts without exons or CDS",
            1,
        ),
        (
            (
                "9 mRNA 1 9 + . ID=X;Parent=gene:G",
                "9 mRNA 21 29 + . ID=X;Parent=gene:G",
                "9 exon 1 9 + . Parent=X",
                "9 exon 21 29 + . Parent=X",
            ),
            "transcripts in several places, or with an ID used twice",
            1,
        ),
        (
            ("9 mRNA 1 9 . . ID=X;Parent=gene:G", "9 exon 1 9 . . Parent=X"),
            "transcripts without a strand",
            1,
        ),
        (
            (f"9 mRNA 1 {LENGTH + 1} + . ID=X;Parent=gene:G", "9 exon 1 9 + . Parent=X"),
            "transcripts past the end of their contig",
            1,
        ),
        (
            (
                "9 mRNA 1 90 + . ID=X;Parent=gene:G",
                "9 exon 1 9 + . Parent=X",
                "9 exon 80 90 - . Parent=X",
            ),
            "transcripts with parts on both strands",
            1,
        ),
        (
            (
                "9 mRNA 1 90 + . ID=X;Parent=gene:G",
                "9 exon 1 50 + . Parent=X",
                "9 exon 50 90 + . Parent=X",
            ),
            "transcripts with exons that overlap",
            1,
        ),
        (
            (
                "9 mRNA 1 90 + . ID=X;Parent=gene:G",
                "9 exon 11 90 + . Parent=X",
                "9 CDS 2 31 + 0 Parent=X",
            ),
            "transcripts with CDS outside of their exons",
            1,
        ),
        (
            # As in PEG10: the ribosome slips back by one base.
            (
                "9 mRNA 1 300 + . ID=X;Parent=gene:G",
                "9 exon 1 300 + . Parent=X",
                "9 CDS 1 150 + 0 ID=c;Parent=X",
                "9 CDS 150 299 + 0 ID=c;Parent=X",
            ),
            "transcripts with a CDS that slips back or skips bases",
            1,
        ),
        (
            # As in OAZ1: it skips a base.
            (
                "9 mRNA 1 300 + . ID=X;Parent=gene:G",
                "9 exon 1 300 + . Parent=X",
                "9 CDS 1 150 + 0 ID=c;Parent=X",
                "9 CDS 152 300 + 0 ID=c;Parent=X",
            ),
            "transcripts with a CDS that slips back or skips bases",
            1,
        ),
        (
            (
                "9 mRNA 1 90 + . ID=X;Parent=gene:G;exception=trans-splicing",
                "9 exon 1 90 + . Parent=X",
            ),
            "trans-spliced transcripts",
            1,
        ),
    ],
)
def test_should_count_the_reason_when_something_cannot_be_used(
    tmp_path: Path, rows: tuple[str, ...], reason: str, count: int
) -> None:
    small = build_small(tmp_path, GENE, *rows, *GOOD)

    assert small.left_out == {reason: count}
    assert [*small.transcripts] == ["T"]


def test_should_note_it_when_most_proteins_of_a_contig_have_stop_codons(tmp_path: Path) -> None:
    rows = [f"9 CDS {at} {at + 899} + 0 ID=c{at};locus_tag=c{at}" for at in range(101, 2_000, 300)]
    small = build_small(tmp_path, *rows, contigs={"9": bases()})

    (note,) = small.built.notes
    assert note.startswith("by genetic code 1, 7 of 7 proteins of 9 have a stop codon inside")


def test_should_fail_with_the_reasons_when_no_transcript_can_be_used(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no transcript can be used: 2 exons without a parent"):
        build_small(tmp_path, "9 exon 1 9 + . ID=e", "9 exon 11 19 + . ID=f")
