"""The workflow on GitHub is the gate that everybody can run, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORKFLOW = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")


def test_should_run_the_gate_when_a_change_comes() -> None:
    assert re.search(r"^ +run: .*\bbash \.ci/run$", WORKFLOW, re.MULTILINE)
    assert re.search(r"^  pull_request:$", WORKFLOW, re.MULTILINE)


def test_should_pin_the_commit_when_an_action_is_used() -> None:
    used = re.findall(r"uses: (.+)", WORKFLOW)
    assert used
    for action in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


def test_should_keep_the_templates_of_every_stage_when_the_gate_has_passed() -> None:
    before, _, upload = WORKFLOW.partition("actions/upload-artifact")
    assert before.index("bash .ci/run") < before.index("for file in stages/*.toml")
    assert "./gas synth" in before
    assert "path: templates/*/*.template.json" in upload
    assert "if-no-files-found: error" in upload


def test_should_be_allowed_to_read_alone_when_it_runs() -> None:
    assert re.search(r"^permissions:\n  contents: read\n\n", WORKFLOW, re.MULTILINE)
