"""Residues that the reference's codons give, against the engine's and the GenBank record's."""

from dataclasses import replace

import pytest

from runtime.annotator.bundle import Bundle
from runtime.annotator.proteins import Proteins
from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.vcfs import record, vcf
from tests.unit.reference import oracle


@pytest.fixture(scope="module")
def proteins(bundle: Bundle) -> Proteins:
    return Proteins(bundle.fasta, bundle.manifest.contigs)


def test_should_translate_every_codon_as_the_oracle_does(
    bundle: Bundle, proteins: Proteins
) -> None:
    for change in oracle.all_changes():
        if change.codon > 1:
            transcript = bundle.transcripts.by_name[change.transcript]
            found = proteins.residue(transcript, change.codon)
            whole = len(transcript.codon(change.codon)) == 3
            assert found == (change.before if whole else None), change


def test_should_know_no_residue_outside_the_protein_or_of_another_code(
    bundle: Bundle, proteins: Proteins
) -> None:
    transcript = bundle.transcripts.by_gene["MT-ND4"][0]
    other = [each.model_copy(update={"genetic_code": 9}) for each in bundle.manifest.contigs]

    assert proteins.residue(transcript, 1) == "M"
    assert [proteins.residue(transcript, number) for number in (0, 460, 10_000)] == [None] * 3
    assert proteins.residue(replace(transcript, cds=()), 1) is None
    assert Proteins(bundle.fasta, other).residue(transcript, 2) is None


@pytest.mark.parametrize(
    ("strand", "codons"),
    [(1, [[105, 106, 107], [108, 109, 121], [122]]), (-1, [[122, 121, 109], [108, 107, 106]])],
)
def test_should_find_the_bases_of_a_codon_when_an_intron_parts_it(
    bundle: Bundle, strand: int, codons: list[list[int]]
) -> None:
    transcript = replace(
        bundle.transcripts.by_gene["MT-ND4"][0], strand=strand, cds=((105, 109), (121, 122))
    )

    assert [transcript.codon(number) for number in range(1, len(codons) + 1)] == codons


@pytest.mark.parametrize(
    ("position", "ref", "alt", "notation"),
    [
        (10822, "C", "CGCA", "p.His21_Met22insAla"),
        (10822, "C", "CCAC", "p.His21dup"),
        (9343, "G", "GCCT", "p.Leu48dup"),
        (11104, "A", "ATAA", "p.Ile116Ter"),
        (14155, "C", "CGCA", "p.Gly173_Asn174insAla"),
        (14155, "C", "CCCC", "p.Gly173dup"),
        (4259, "C", "CGCA", None),
        (9203, "CAT", "C", None),
    ],
)
def test_should_name_an_insertion_by_the_residues_around_it(
    annotate: Annotate, position: int, ref: str, alt: str, notation: str | None
) -> None:
    (row,) = annotate(vcf(record(position, ref, alt))).rows

    assert row["protein_change"] == notation
