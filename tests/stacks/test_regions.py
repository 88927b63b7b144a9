"""The regions that docs/deploy.md names have every resource type of the stages."""

import re

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]

from stacks.settings import load
from stacks.zones import ZONES
from tests.stacks.synthesis import ROOT, resources

DEPLOY = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
STAGES = ("dev", "prod")
NO_ZONES_KNOWN = {"us-west-1"}


def named(row: str) -> list[str]:
    """The regions in a row of the table of regions."""
    [cells] = re.findall(rf"^\| {re.escape(row)} \| (.+) \|$", DEPLOY, re.MULTILINE)
    return re.findall(r"`([a-z0-9-]+)`", cells)


ALL = "everything"
NO_BUDGET = "remove the table `[budget]`"


def missing(stage: str, region: str) -> set[str]:
    """The resource types of a stage that cfn-lint's copy of a region's schemas lacks."""
    wanted = {each.type for each in resources(stage) if each.type.startswith("AWS::")}
    return wanted - set(PROVIDER_SCHEMA_MANAGER.get_resource_types(region))


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("region", named(ALL))
def test_should_lack_no_type_when_the_page_says_that_the_region_has_everything(
    stage: str, region: str
) -> None:
    assert missing(stage, region) == set()


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("region", named(NO_BUDGET))
def test_should_lack_budgets_alone_when_the_page_says_to_remove_them(
    stage: str, region: str
) -> None:
    assert load(stage).budget is not None
    assert missing(stage, region) == {"AWS::Budgets::Budget"}


def test_should_know_the_zones_when_the_page_names_a_region() -> None:
    assert set(named(ALL) + named(NO_BUDGET)) - set(ZONES) == NO_ZONES_KNOWN
