"""What GitHub reads: valid; actions pinned, credentials where somebody approves alone."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))

JOBS = [
    pytest.param(job, id=f"{path.stem}-{name}")
    for path in WORKFLOWS
    for name, job in yaml.safe_load(path.read_text())["jobs"].items()
]


FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("[!c]*.yml"))


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("github-workflows", WORKFLOWS),
        ("github-issue-forms", FORMS),
        ("github-issue-config", [ROOT / ".github/ISSUE_TEMPLATE/config.yml"]),
        ("citation-file-format", [ROOT / "CITATION.cff"]),
    ],
)
def test_should_be_valid_when_its_schema_is_applied(schema: str, files: list[Path]) -> None:
    """The schemas come with check-jsonschema; actionlint's binary comes from GitHub alone."""
    assert files
    checked = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("check-jsonschema")), "--builtin-schema"),
            *(f"vendor.{schema}", *map(str, files)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_should_name_a_commit_and_its_version_when_an_action_is_used(path: Path) -> None:
    for line in path.read_text().splitlines():
        if "uses:" in line:
            assert re.search(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


@pytest.mark.parametrize("job", JOBS)
def test_should_have_an_environment_when_a_job_may_get_credentials(job: dict[str, Any]) -> None:
    if "id-token" in job.get("permissions", {}):
        assert "environment" in job


@pytest.mark.parametrize("job", JOBS)
def test_should_pass_shellcheck_when_a_step_is_a_script(job: dict[str, Any]) -> None:
    for step in job["steps"]:
        if "run" not in step:
            continue
        # An expression within a script would run what its value says.
        assert "${{" not in step["run"], step["name"]
        checked = subprocess.run(
            [str(Path(sys.executable).with_name("shellcheck")), "--shell=bash", "-"],
            input=step["run"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert checked.returncode == 0, checked.stdout
