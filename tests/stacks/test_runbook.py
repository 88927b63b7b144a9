"""The runbook has a section for whatever can wake somebody, and no other of that kind."""

import re

import pytest

from tests.stacks.synthesis import ROOT, STAGES, resources

RUNBOOK = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")

BUDGET = "budget"
"""AWS Budgets writes its own text, which can't name a section."""


def sections() -> set[str]:
    """Anchors of the sections below "When an alarm comes", as links name them."""
    [part] = re.findall(
        r"^## When an alarm comes\n(.*?)(?=^## )", RUNBOOK, re.DOTALL | re.MULTILINE
    )
    headings = re.findall(r"^### (.+)$", part, re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def descriptions(stage: str) -> list[str]:
    return [
        alarm.properties["AlarmDescription"] for alarm in resources(stage, "AWS::CloudWatch::Alarm")
    ]


@pytest.mark.parametrize("stage", STAGES)
def test_should_say_what_it_means_and_what_to_do_first_when_an_alarm_comes(stage: str) -> None:
    for description in descriptions(stage):
        found = re.fullmatch(r"(.+\.) First: (.+\.) docs/runbook\.md#([a-z-]+)", description)
        assert found, description
        assert found[3] in sections(), description
        assert len(description) <= 1024, "CloudWatch takes no longer one"


@pytest.mark.parametrize("stage", ["dev", "prod"])  # the laptop's lacks what the emulator refuses
def test_should_be_about_an_alarm_that_exists_when_the_runbook_has_a_section(stage: str) -> None:
    named = {description.rpartition("#")[2] for description in descriptions(stage)}
    assert sections() == named | {BUDGET}


def test_should_name_every_section_where_people_look_first_when_they_open_the_runbook() -> None:
    for section in sections():
        assert f"(#{section})" in RUNBOOK, "the table at the top links to it"
