"""How the browser is found, without starting one."""

from pathlib import Path

import pytest

from tests.browser.chromium import COMMANDS, find_chromium


def command(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return file


def test_should_take_the_named_one_when_there_is_one(tmp_path: Path) -> None:
    environ = {"GAS_CHROMIUM": "/opt/mine", "PATH": str(command(tmp_path, COMMANDS[0]).parent)}
    assert find_chromium(tmp_path / "none", environ) == Path("/opt/mine")


@pytest.mark.parametrize("name", COMMANDS)
def test_should_take_the_paths_when_none_is_named(tmp_path: Path, name: str) -> None:
    found = command(tmp_path / "bin", name)
    own = command(tmp_path / "own", "chrome")
    assert find_chromium(own, {"PATH": str(found.parent)}) == found


def test_should_take_playwrights_when_the_path_has_none(tmp_path: Path) -> None:
    own = command(tmp_path / "own", "chrome")
    assert find_chromium(own, {"PATH": str(tmp_path / "empty")}) == own


def test_should_find_none_when_there_is_none(tmp_path: Path) -> None:
    assert find_chromium(tmp_path / "none", {"PATH": str(tmp_path)}) is None
