"""The synthesis as a whole: the same bytes every time, without an account, without look-ups."""

import os
import subprocess
from pathlib import Path

import pytest

from stacks.settings import load
from tests.stacks.synthesis import ROOT, STAGES, synthesize

OTHERS = {"logs", "network", "messaging", "storage", "monitoring", "observability"}
"""The stacks that are no fleet."""


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(autouse=True)
def _no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("AWS_", "CDK_DEFAULT_"))]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize("stage", STAGES)
def test_should_write_the_same_bytes_when_synthesized_again(tmp_path: Path, stage: str) -> None:
    for run in ("first", "second"):
        synthesize(load(stage), tmp_path / run)
    assert contents(tmp_path / "first") == contents(tmp_path / "second")


@pytest.mark.parametrize("stage", STAGES)
def test_should_have_every_stack_when_synthesized(tmp_path: Path, stage: str) -> None:
    assert set(synthesize(load(stage), tmp_path)) == OTHERS | set(load(stage).fleets)


@pytest.mark.parametrize("stage", STAGES)
def test_should_look_nothing_up_when_the_account_is_known(
    tmp_path: Path, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDK_DEFAULT_ACCOUNT", "123456789012")
    monkeypatch.setenv("CDK_DEFAULT_REGION", "eu-west-1")
    found = synthesize(load(stage), tmp_path)
    assert '"missing"' not in (tmp_path / "manifest.json").read_text()
    assert "eu-west-1a" in str(found["network"])


def cdk(*arguments: str, home: Path) -> "subprocess.CompletedProcess[str]":
    """The CDK command line as a person without an account runs it."""
    binaries = ROOT / ".venv/bin"
    return subprocess.run(
        [str(binaries / "node"), "node_modules/aws-cdk/bin/cdk", *arguments],
        cwd=ROOT,
        env={"PATH": f"{binaries}:/usr/bin:/bin", "HOME": str(home), "CI": "true"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_should_pass_validation_without_a_word_when_listed_without_an_account(
    tmp_path: Path,
) -> None:
    listed = cdk("ls", "-c", "stage=prod", "--output", str(tmp_path / "out"), home=tmp_path)
    assert listed.returncode == 0, listed.stderr
    assert sorted(listed.stdout.split()) == sorted(
        f"gas-prod-{name}" for name in OTHERS | set(load("prod").fleets)
    )
    assert not list((tmp_path / "out").glob("*.zip"))  # nothing was fetched to list stacks
    assert "WARN" not in listed.stderr.upper()


def test_should_say_one_sentence_when_there_is_no_such_stage(tmp_path: Path) -> None:
    failed = cdk("ls", "-c", "stage=staging", "--output", str(tmp_path / "out"), home=tmp_path)
    assert failed.returncode != 0
    assert (
        "stages/staging.toml: no such stage; there are: dev, local, prod, starter" in failed.stderr
    )
    assert "Traceback" not in failed.stderr
