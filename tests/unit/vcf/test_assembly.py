"""The assembly of a file: the rules in Python and those of the upload page, by one table."""

from itertools import combinations
from typing import Any

import pytest

from runtime.vcf.assemblies import assembly_facts, known_assemblies
from runtime.web.extensions.assets import STATIC
from tests.shared_data import shared_data
from tests.unit.node import run_by_node
from tests.unit.vcf.assembly_cases import (
    CASES,
    agreements_in,
    as_json,
    found_in,
    offered_in,
)

ON_THE_PAGE = """
import { readFileSync } from "node:fs";
const folder = process.argv[1];
const load = (name) => import(`${folder}/${name}.js`);
const [{ readVcf, factsOf }, { knownAssemblies }, { detect }, words, { judge }] = await Promise.all(
  ["vcf", "assemblies", "assembly", "assembly_words", "reference"].map(load));
const { cases, facts } = JSON.parse(readFileSync(0, "utf8"));
const known = knownAssemblies(facts);
const found = cases.map((each) => {
  const file = factsOf(readVcf({ text: each.vcf.join("\\n") + "\\n", complete: true }));
  const detection = detect(file, each.references, known);
  const chosen = each.chosen ?? [...detection.fits, ...each.offered][0];
  const reference = each.references.find((one) => one.name === chosen);
  return {
    assembly: detection.assembly,
    evidence: detection.evidence.map((one) => `${one.words}: ${one.assembly.title}`),
    fits: detection.fits,
    verdict: detection.verdict,
    others: Object.fromEntries([...detection.others].filter(([, names]) => names.length)),
    contradiction: words.contradiction(file, detection, each.references, chosen, known),
    odd: words.oddContigs(file, detection, reference, known),
    disagreement: words.disagreement(detection),
    choice: judge(file, { references: each.references, known }, each.chosen ?? "", each),
  };
});
process.stdout.write(JSON.stringify(found));
"""


@pytest.fixture(scope="module")
def on_the_page() -> list[dict[str, Any]]:
    """What the page's own scripts make of each case, run by Node."""
    cases = [
        {**case, "references": as_json(offered_in(case)), "agreements": agreements_in(case)}
        for case in CASES
    ]
    given = {"cases": cases, "facts": assembly_facts()}
    found: list[dict[str, Any]] = run_by_node(
        ON_THE_PAGE, str(STATIC / "js" / "upload"), given=given
    )
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_should_find_the_assembly_when_the_file_tells_it(case: dict[str, Any]) -> None:
    assert found_in(case) == case["found"]


@pytest.mark.parametrize("number", range(len(CASES)), ids=[each["name"] for each in CASES])
def test_should_find_the_same_on_the_upload_page(
    number: int, on_the_page: list[dict[str, Any]]
) -> None:
    assert on_the_page[number] == CASES[number]["found"]


@pytest.mark.parametrize(
    "case", [each for each in CASES if "file" in each], ids=lambda c: c["name"]
)
def test_should_be_of_the_field_when_a_case_names_its_file(case: dict[str, Any]) -> None:
    file = shared_data() / "field" / case["file"]
    assert file.read_text().splitlines() == case["vcf"]


def test_should_tell_any_two_assemblies_apart_when_one_chromosome_has_its_length() -> None:
    """No two nuclear ones have a chromosome's name and length, or its accession, in common."""
    nuclear = [each for each in known_assemblies() if each.nuclear]
    assert len(nuclear) == 6
    for one, other in combinations(nuclear, 2):
        for name, sequence in one.sequences.items():
            found = other.find(name)
            if found and not sequence.mitochondrial:
                assert found.length != sequence.length, (one.name, other.name, name)
                assert found.accession != sequence.accession


def test_should_have_each_chromosome_once_when_an_assembly_is_known() -> None:
    """Human assemblies have 22, X and Y; those of the mouse 19, X and Y."""
    for each in known_assemblies():
        chromosomes = {s.accession for s in each.sequences.values() if not s.mitochondrial}
        wanted = 21 if each.name.startswith("GRCm") else 24 if each.nuclear else 0
        assert len(chromosomes) == wanted
