"""Every single-base change of the 13 protein-coding genes, through the whole way to the Parquet
file and the annotated VCF, against an independent translation (tests/unit/reference/oracle.py)."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from runtime.annotator.bundle import Bundle
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.limits import Limits
from tests.unit.annotator.results import Result, annotate_bytes
from tests.unit.annotator.vcfs import record, vcf
from tests.unit.reference import oracle

_NAMES = "Ala Arg Asn Asp Cys Gln Glu Gly His Ile Leu Lys Met Phe Pro Ser Thr Trp Tyr Val Ter"
THREE_LETTERS = dict(zip("ARNDCQEGHILKMFPSTWYV*", _NAMES.split(), strict=True))
COMPLEMENT = str.maketrans("ACGT", "TGCA")
GENES = {gene: (first, last, strand) for gene, first, last, strand, _ in oracle.GENES}

Rows = dict[tuple[int, str, str], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def changes() -> list[oracle.Change]:
    return list(oracle.all_changes())


@pytest.fixture(scope="module")
def result(
    changes: list[oracle.Change],
    bundle: Bundle,
    engines: EnginePool,
    tmp_path_factory: pytest.TempPathFactory,
) -> Result:
    """All of the alleles; half of the positions as one record each, the rest allele by allele."""
    alts: dict[tuple[int, str], set[str]] = defaultdict(set)
    for change in changes:
        alts[change.pos, change.ref].add(change.alt)
    records = [
        record(position, ref, allele)
        for (position, ref), alleles in sorted(alts.items())
        for allele in ([",".join(sorted(alleles))] if position % 2 else sorted(alleles))
    ]
    folder: Path = tmp_path_factory.mktemp("correctness")
    data = vcf(*records).encode()
    return annotate_bytes(data, "x.vcf", folder, bundle=bundle, process=engines, limits=Limits())


@pytest.fixture(scope="module")
def rows(result: Result) -> Rows:
    found: Rows = defaultdict(list)
    for row in result.rows:
        found[row["position"], row["alt"], row["SYMBOL"]].append(row)
    return found


def test_should_give_every_change_the_consequence_that_the_oracle_expects(
    changes: list[oracle.Change], rows: Rows
) -> None:
    wrong = {}
    for change in changes:
        found = [row["Consequence"] for row in rows[change.pos, change.alt, change.gene]]
        if [frozenset(text.split("&")) for text in found] != [change.expected]:
            wrong[change.pos, change.alt, change.gene] = (found, change.expected)

    assert len(changes) == 34_185
    assert wrong == {}


def test_should_name_the_transcript_strand_and_codon_of_every_change(
    changes: list[oracle.Change], rows: Rows
) -> None:
    for change in changes:
        (row,) = rows[change.pos, change.alt, change.gene]
        strand = {"+": 1, "-": -1}[GENES[change.gene][2]]
        assert (row["Feature"].split(".")[0], row["STRAND"]) == (change.transcript, strand), change
        assert row["protein_start"] == change.codon, change


def test_should_describe_every_change_of_the_coding_sequence(
    changes: list[oracle.Change], rows: Rows
) -> None:
    for change in changes:
        first, last, strand = GENES[change.gene]
        if strand == "+":
            expected = f"c.{change.pos - first + 1}{change.ref}>{change.alt}"
        else:
            bases = f"{change.ref}>{change.alt}".translate(COMPLEMENT)
            expected = f"c.{last - change.pos + 1}{bases}"
        (row,) = rows[change.pos, change.alt, change.gene]
        assert row["HGVSc"] == f"{row['Feature']}:{expected}", change


def test_should_describe_every_change_of_the_protein(
    changes: list[oracle.Change], rows: Rows
) -> None:
    for change in changes:
        (row,) = rows[change.pos, change.alt, change.gene]
        assert row["HGVSp"] == f"{row['Feature']}:{protein_change(change)}", change


def protein_change(change: oracle.Change) -> str:
    before, after = THREE_LETTERS[change.before], THREE_LETTERS[change.after]
    if "start_lost" in change.expected:
        return "p.Met1?"
    if "start_retained_variant" in change.expected:
        return "p.Met1="
    if "stop_lost" in change.expected:
        return f"p.Ter{change.codon}{after}extTer?"
    if before == after:
        return f"p.{before}{change.codon}="
    return f"p.{before}{change.codon}{after}"


def test_should_show_the_codon_and_residue_before_and_after_every_change(
    changes: list[oracle.Change], rows: Rows
) -> None:
    for change in changes:
        (row,) = rows[change.pos, change.alt, change.gene]
        before = "M" if change.codon == 1 else change.before
        after = "M" if "start_retained_variant" in change.expected else change.after
        expected = before if before == after else f"{before}/{after}"
        assert row["Amino_acids"] == expected, change
        assert [sum(map(str.isupper, codon)) for codon in row["Codons"].split("/")] == [1, 1]


def test_should_say_the_same_in_the_annotated_vcf(
    changes: list[oracle.Change], result: Result
) -> None:
    found = set()
    for columns, effects in zip(result.records, result.effects, strict=True):
        alts = columns[4].decode().split(",")
        for effect in effects:
            terms = frozenset(effect["Consequence"].split("&"))
            alt = alts[int(effect["ALLELE_NUM"]) - 1]
            assert effect["Allele"] == alt
            found.add((int(columns[1]), alt, effect["SYMBOL"], terms))

    assert found >= {(each.pos, each.alt, each.gene, each.expected) for each in changes}
