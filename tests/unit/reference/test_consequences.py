"""`bcftools csq` with the bundle, against the oracle, on every change of every coding base.

Where csq differs is listed allele by allele in csq-deviations.tsv; reference/README.md says why.
"""

import csv
from collections import Counter
from pathlib import Path

import pytest

from tests.unit.reference import oracle
from tests.unit.reference.csq import Call, call_consequences

DEVIATIONS = Path(__file__).with_name("csq-deviations.tsv")

Calls = dict[tuple[int, str, str], Call]


@pytest.fixture(scope="module")
def changes() -> list[oracle.Change]:
    return list(oracle.all_changes())


@pytest.fixture(scope="module")
def calls(
    bundle: Path, changes: list[oracle.Change], tmp_path_factory: pytest.TempPathFactory
) -> Calls:
    alleles = {(change.pos, change.ref, change.alt) for change in changes}
    return call_consequences(bundle, alleles, tmp_path_factory.mktemp("csq"))


def _deviations() -> dict[tuple[int, str, str], tuple[frozenset[str], frozenset[str]]]:
    """What csq says and what is expected, by position, ALT and gene."""
    with DEVIATIONS.open() as file:
        return {
            (int(row["pos"]), row["alt"], row["gene"]): (
                frozenset(row["csq"].split("&")),
                frozenset(row["expected"].split("&")),
            )
            for row in csv.DictReader(file, delimiter="\t")
        }


def test_should_agree_on_all_changes_but_the_listed_ones_when_csq_runs_with_the_bundle(
    changes: list[oracle.Change], calls: Calls
) -> None:
    differing = {}
    for change in changes:
        key = (change.pos, change.alt, change.gene)
        if calls[key].terms != change.expected:
            differing[key] = (calls[key].terms, change.expected)

    assert differing == _deviations()
    assert (len(changes), len(changes) - len(differing)) == (34_185, 34_116)


def test_should_only_misname_start_codons_kept_and_polyadenylated_stops_when_csq_deviates(
    changes: list[oracle.Change],
) -> None:
    listed = _deviations()
    reasons = Counter(
        "polyadenylated stop" if change.polyadenylated else f"start codon {change.expected}"
        for change in changes
        if (change.pos, change.alt, change.gene) in listed
    )

    assert reasons == {
        "polyadenylated stop": 21,
        f"start codon {frozenset({'start_retained_variant'})}": 48,
    }


def test_should_name_the_oracle_s_amino_acids_when_a_whole_codon_changes(
    changes: list[oracle.Change], calls: Calls
) -> None:
    for change in changes:
        if not change.polyadenylated:
            before, after = f"{change.codon}{change.before}", f"{change.codon}{change.after}"
            expected = before if before == after else f"{before}>{after}"
            assert calls[change.pos, change.alt, change.gene].amino_acids == expected, change


@pytest.mark.parametrize(
    ("allele", "gene"),
    [
        ((648, "A", "G"), "MT-RNR1"),
        ((3243, "A", "G"), "MT-TL1"),
        ((5703, "G", "A"), "MT-TN"),
        ((8344, "A", "G"), "MT-TK"),
        ((16023, "G", "A"), "MT-TP"),
    ],
)
def test_should_call_a_change_non_coding_when_it_lies_in_an_rna_gene(
    bundle: Path, tmp_path: Path, allele: tuple[int, str, str], gene: str
) -> None:
    calls = call_consequences(bundle, [allele], tmp_path)

    assert calls[allele[0], allele[2], gene].terms == {"non_coding_transcript_variant"}


def test_should_call_nothing_when_a_change_lies_in_the_control_region(
    bundle: Path, tmp_path: Path
) -> None:
    assert call_consequences(bundle, [(263, "A", "G"), (16519, "T", "C")], tmp_path) == {}
