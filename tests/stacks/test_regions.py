"""The linter accepts each stage in every region that docs/deploy.md names."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from stacks.settings import Stage, load
from stacks.zones import ZONES
from tests.stacks.synthesis import DEPLOYED, ROOT, STAGES, synthesize

DEPLOY = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
NO_ZONES_KNOWN = {"us-west-1"}

IGNORED = ("--ignore-checks", "W3005")
"""W3005 is about a dependency said twice, which is harmless: the CDK's own function that empties
buckets has one, and gives nobody a way to take it out."""


def named(row: str) -> list[str]:
    """The regions in a row of the table of regions."""
    [cells] = re.findall(rf"^\| {re.escape(row)} \| (.+) \|$", DEPLOY, re.MULTILINE)
    return re.findall(r"`([a-z0-9-]+)`", cells)


ALL = named("everything")
NO_C6I = named("remove the table `[budget]`, and use `c5.xlarge` where a stage has `c6i.xlarge`")
NO_BUDGET = named("remove the table `[budget]`") + NO_C6I


def lint(folder: Path, regions: list[str]) -> list[str]:
    """What cfn-lint says of the templates in a folder, for all the regions in one run."""
    templates = [str(path) for path in folder.glob("*.template.json")]
    assert templates
    linted = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("cfn-lint")), "--format", "json", *IGNORED),
            *("--regions", *regions, "--", *templates),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    return [found["Message"] for found in json.loads(linted.stdout)]


def expected(stage: Stage) -> list[str]:
    """What the linter finds in the page's regions, where the page says what to do about it."""
    budgets = NO_BUDGET if stage.budget else []
    types = {fleet.instance_type for fleet in stage.fleets.values()}
    without = NO_C6I if "c6i.xlarge" in types else []
    return [
        *(f"Resource type 'AWS::Budgets::Budget' does not exist in '{each}'" for each in budgets),
        *(f"c6i.xlarge doesn't exist in '{each}', and c5.xlarge does" for each in without),
    ]


def shortened(message: str) -> str:
    """A message without the list of a region's instance types."""
    if message.startswith("'c6i.xlarge' is not one of [") and "'c5.xlarge'" in message:
        return (
            f"c6i.xlarge doesn't exist {message[message.rindex(' in ') + 1 :]}, and c5.xlarge does"
        )
    return message


@pytest.mark.parametrize("stage", DEPLOYED)
def test_should_find_what_the_page_says_alone_when_linted_for_all_of_its_regions(
    stage: str, tmp_path: Path
) -> None:
    """A type that a region lacks, and a value that a region refuses, are findings."""
    synthesize(load(stage), tmp_path)
    found = [shortened(message) for message in lint(tmp_path, ALL + NO_BUDGET)]
    assert sorted(found) == sorted(expected(load(stage)))


@pytest.mark.parametrize("stage", sorted(set(STAGES) - set(DEPLOYED)))
def test_should_have_no_finding_when_a_stage_of_the_emulator_is_linted(
    stage: str, tmp_path: Path
) -> None:
    synthesize(load(stage), tmp_path)
    assert lint(tmp_path, ["us-east-1"]) == []


def test_should_know_the_zones_when_the_page_names_a_region() -> None:
    assert set(ALL + NO_BUDGET) - set(ZONES) == NO_ZONES_KNOWN
