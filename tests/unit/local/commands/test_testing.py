"""`./gas test`: which commands it runs, and what it makes of them."""

import io
import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from local.commands import testing
from local.errors import LocalError
from local.host import browser
from local.host.folder import REPOSITORY


@pytest.fixture
def console() -> Console:
    return Console(record=True, width=200, file=io.StringIO())


def test_should_name_the_choices_when_only_is_unknown(console: Console) -> None:
    with pytest.raises(
        LocalError, match=r"no 'units'\. Choose from: format, lint, shell, types, scripts"
    ):
        testing.run_tests(["units"], [], console)


def test_should_check_every_shell_script_when_asked() -> None:
    (shell,) = [check for check in testing.checks() if check.name == "shell"]

    names = {Path(argument).name for argument in shell.command[1:]}

    assert {"gas", "boot.sh"} <= names


@pytest.mark.parametrize(
    ("name", "file", "fault", "rule"),
    [
        ("scripts", "runtime/web/static/js/x.js", "const one = 1;\n", "no-unused-vars"),
        ("scripts", "runtime/web/static/js/x.js", "// eslint-disable-next-line\n", "description"),
        ("styles", "runtime/web/static/css/x.css", "a { colr: red; }\n", "property-no-unknown"),
    ],
)
def test_should_fail_when_a_file_of_the_pages_has_a_fault(
    name: str, file: str, fault: str, rule: str
) -> None:
    (check,) = [check for check in testing.checks() if check.name == name]
    program = [str(REPOSITORY / ".venv/bin" / check.command[0]), check.command[1]]
    stdin = "--stdin-filename" if name == "styles" else "--stdin --stdin-filename"

    run = subprocess.run(
        [*program, *stdin.split(), file],
        cwd=REPOSITORY,
        input=fault,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode != 0
    assert rule in run.stdout + run.stderr


def test_should_show_the_output_and_go_on_when_a_check_fails(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = [
        testing.Check("lint", ("python", "-c", "print('E501 too long'); raise SystemExit(1)")),
        testing.Check("types", ("python", "-c", "pass")),
    ]
    monkeypatch.setattr("local.commands.testing.checks", lambda: checks)

    code = testing.run_tests(["lint", "types"], [], console)

    said = console.export_text()
    assert code == 1
    assert "E501 too long" in said
    assert "ok" in said.splitlines()[-1]
    assert "types" in said.splitlines()[-1]


def test_should_pass_when_all_checks_pass(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = [testing.Check("lint", ("python", "-c", "pass"))]
    monkeypatch.setattr("local.commands.testing.checks", lambda: checks)

    assert testing.run_tests(["lint"], [], console) == 0


def test_should_take_the_named_chromium_when_there_is_one(tmp_path: Path) -> None:
    chromium = tmp_path / "mine"
    chromium.touch()

    assert browser.find_chromium({"GAS_CHROMIUM": str(chromium), "PATH": ""}) == chromium


def test_should_refuse_the_named_chromium_when_it_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match=r"GAS_CHROMIUM is .*/none, which isn't a file"):
        browser.find_chromium({"GAS_CHROMIUM": str(tmp_path / "none"), "PATH": ""})


@pytest.mark.parametrize("name", browser.NAMES)
def test_should_take_the_chromium_of_the_path_when_none_is_named(tmp_path: Path, name: str) -> None:
    program = tmp_path / name
    program.touch(mode=0o755)

    assert browser.find_chromium({"PATH": str(tmp_path)}) == program
