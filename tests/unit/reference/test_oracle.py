"""The oracle against facts that it wasn't made from."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from tests.unit.reference import oracle

# The /translation of each CDS of GenBank NC_012920.1.
PROTEINS = Path(__file__).with_name("genbank-proteins.tsv")


@pytest.fixture(scope="module")
def changes() -> dict[tuple[str, int, str], oracle.Change]:
    return {(change.gene, change.pos, change.alt): change for change in oracle.all_changes()}


def test_should_translate_to_genbank_s_proteins_when_nothing_changes(
    changes: dict[tuple[str, int, str], oracle.Change],
) -> None:
    codons: dict[str, dict[int, str]] = defaultdict(dict)
    for change in changes.values():
        codons[change.gene][change.codon] = change.before
    translated = {
        gene: "M" + "".join(residues[number] for number in sorted(residues))[1:]
        for gene, residues in codons.items()
    }
    with PROTEINS.open() as file:
        genbank = {row["gene"]: row["sequence"] for row in csv.DictReader(file, delimiter="\t")}

    assert translated == {gene: sequence + "*" for gene, sequence in genbank.items()}


@pytest.mark.parametrize(
    ("where", "term", "residues"),
    [
        # As MITOMAP names them: A52T, R340H, L156R, D393N; A72V and M64V on the minus strand.
        (("MT-ND1", 3460, "A"), "missense_variant", (52, "A", "T")),
        (("MT-ND4", 11778, "A"), "missense_variant", (340, "R", "H")),
        (("MT-ATP6", 8993, "G"), "missense_variant", (156, "L", "R")),
        (("MT-ND5", 13513, "A"), "missense_variant", (393, "D", "N")),
        (("MT-ND6", 14459, "A"), "missense_variant", (72, "A", "V")),
        (("MT-ND6", 14484, "C"), "missense_variant", (64, "M", "V")),
        (("MT-CO1", 7028, "T"), "synonymous_variant", (375, "A", "A")),
        # TGA codes for tryptophan and AGA for a stop, other than in the standard code.
        (("MT-CO2", 7896, "A"), "stop_gained", (104, "W", "*")),
        (("MT-CO1", 6930, "A"), "stop_gained", (343, "G", "*")),
        (("MT-CO1", 7445, "G"), "stop_retained_variant", (514, "*", "*")),
        (("MT-CO1", 7443, "G"), "stop_lost", (514, "*", "G")),
        # One base, two genes.
        (("MT-ATP8", 8529, "A"), "stop_gained", (55, "W", "*")),
        (("MT-ATP6", 8529, "A"), "start_retained_variant", (1, "M", "M")),
        # ATT starts the protein of MT-ND2, and ATA that of MT-ND1.
        (("MT-ND2", 4472, "A"), "start_retained_variant", (1, "I", "M")),
        (("MT-ND1", 3308, "C"), "start_lost", (1, "M", "T")),
        # Stops of which the genome holds T or TA.
        (("MT-ND1", 4262, "G"), "stop_lost", (319, "*", "W")),
        (("MT-CYB", 15887, "C"), "stop_lost", (381, "*", "Q")),
    ],
)
def test_should_know_the_consequence_when_the_change_is_known(
    changes: dict[tuple[str, int, str], oracle.Change],
    where: tuple[str, int, str],
    term: str,
    residues: tuple[int, str, str],
) -> None:
    change = changes[where]

    assert change.expected == {term}
    assert (change.codon, change.before, change.after) == residues
