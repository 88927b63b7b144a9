"""What is said of an account before the first deployment, by what AWS answers."""

import io
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from rich.console import Console

from stacks.preflight.__main__ import CHECKS, main, report
from stacks.preflight.findings import Finding, Verdict, run_all
from stacks.preflight.subject import subject_of, templates_of
from stacks.settings import Mail, Site, Stage, Stripe, load
from tests.emulator import running_emulator
from tests.stacks.api_answers import (
    Answers,
    answering,
)
from tests.stacks.preflight_account import (
    CERTIFICATE,
    GENOMES,
    IMAGE,
    READY,
    REGION,
    TEMPLATES,
    VERIFIED,
    deployed,
    published,
    with_image,
)
from tests.stacks.preflight_cases import WRONG
from tests.stacks.synthesis import ROOT, resources


def prod(**changes: Any) -> Stage:
    filled_in = {
        "site": Site(domain="gas.genes.test", certificate_arn=CERTIFICATE),
        "mail": Mail(sender="gas@genes.test", ops_email="ops@genes.test"),
        "stripe": Stripe(plan="price_1", publishable_key="pk_live_1"),
        "software": with_image(IMAGE),
    }
    return load("prod").model_copy(update=filled_in | changes)


def findings(answers: Answers, stage: Stage | None = None) -> list[Finding]:
    subject = subject_of(
        stage or prod(), region=REGION, templates=TEMPLATES, client=answering(answers, REGION)
    )
    return list(run_all(CHECKS, subject))


def said(found: list[Finding]) -> dict[str, tuple[Verdict, str]]:
    """What isn't well, by its topic: the verdict and what to do.

    The shipped stages have no operator, and so no texts of theirs.
    """
    wrong = (each for each in found if each.verdict != Verdict.OK and each.topic != "Pages")
    return {each.topic: (each.verdict, each.do) for each in wrong}


def test_should_find_nothing_when_the_account_is_ready() -> None:
    found = findings(READY)
    assert said(found) == {}
    [stacks] = [each for each in found if each.topic == "Stacks"]
    assert stacks.do == "Deploy with: cdk deploy --all -c stage=prod -c first=true"


def test_should_note_it_when_the_operator_has_not_written_the_pages() -> None:
    [pages] = [each for each in findings(READY) if each.topic == "Pages"]
    assert pages.verdict is Verdict.NOTE
    assert pages.found == "none for about, privacy, terms, contact"
    assert "stages/prod/about.md" in pages.do


@pytest.mark.parametrize(
    ("answers", "changes", "topic", "verdict", "do"), WRONG.values(), ids=WRONG
)
def test_should_say_what_to_do_when_the_account_lacks_something(
    answers: Answers, changes: dict[str, Any], topic: str, verdict: Verdict, do: str
) -> None:
    found = said(findings(READY | answers, prod(**changes)))
    assert {each.split()[0] for each in found} == {topic.split(maxsplit=1)[0]}, (
        "and of nothing else"
    )
    assert found[topic][0] == verdict
    assert found[topic][1].startswith(do)


def test_should_find_nothing_when_the_references_are_as_the_stage_says() -> None:
    found = findings(READY | published(2 * 1024**3), prod(**GENOMES))
    assert said(found) == {}
    assert [each.found for each in found if each.topic == "References"] == ["2.0 GiB", "2 GiB"]


def test_should_expect_its_own_identity_when_the_stage_is_deployed() -> None:
    answers = READY | {
        ("cloudformation", "DescribeStacks"): deployed("UPDATE_COMPLETE"),
        ("sesv2", "GetEmailIdentity"): VERIFIED,
    }
    found = findings(answers)
    assert said(found) == {}
    [stacks] = [each for each in found if each.topic == "Stacks"]
    assert stacks.do == "Deploy with: cdk deploy --all -c stage=prod"


def test_should_ask_about_no_certificate_and_no_endpoint_when_the_stage_has_none() -> None:
    dev = load("dev")
    topics = [each.topic for each in findings(READY, dev)]
    assert not [each for each in topics if each.startswith(("Certificate", "Endpoint"))]


@pytest.mark.parametrize(
    ("answers", "code", "words"),
    [
        ({}, 0, "A deployment may begin; 1 to note."),
        ({("ssm", "GetParameter"): "ParameterNotFound"}, 1, "1 of "),
    ],
)
def test_should_exit_by_what_it_found_when_it_has_asked(
    monkeypatch: pytest.MonkeyPatch, answers: Answers, code: int, words: str
) -> None:
    monkeypatch.setattr("stacks.preflight.__main__.templates_of", lambda stage: TEMPLATES)
    printed = io.StringIO()
    console = Console(file=printed, width=200)
    assert report(prod(), REGION, answering(READY | answers, REGION), console) == code
    assert words in printed.getvalue()


def test_should_know_what_the_templates_ask_for_when_it_has_synthesized() -> None:
    found = templates_of(load("dev"))
    assert found.types == {resource.type for resource in resources("dev")} - {
        kind for kind in {resource.type for resource in resources("dev")} if kind[:3] != "AWS"
    }
    assert "gas-dev-network" in found.stacks
    assert found.bootstrap_version >= 6


@pytest.mark.usefixtures("no_credentials")
def test_should_say_what_it_would_read_when_there_are_no_credentials() -> None:
    output = io.StringIO()
    console = Console(file=output, width=200)
    assert main(["--stage", "dev", "--region", REGION], console) == 1
    printed = output.getvalue()
    for check in CHECKS:
        for action in check.reads:
            assert action in printed


def test_should_exit_with_one_and_go_on_when_the_emulator_knows_some_answers_alone() -> None:
    with running_emulator() as emulator:
        ran = subprocess.run(
            [sys.executable, "-m", "stacks.preflight", "--stage", "dev"],
            cwd=ROOT,
            env=os.environ | emulator.environment | {"COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert ran.returncode == 1, ran.stderr
    assert "Account 000000000000, us-east-1, stage dev" in ran.stdout
    verdicts = dict(re.findall(r"^  (\w[\w -]*): (\w+)$", ran.stdout, re.MULTILINE))
    assert verdicts["Settings"] == "fails"
    assert verdicts["Zones"] == "ok"
    assert verdicts["Bootstrap"] == "fails"
    assert verdicts["Plan"] == "unread"  # the emulator has no such service
