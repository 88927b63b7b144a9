"""The package as somebody installs it who has nothing else of the project."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from local.host.folder import REPOSITORY, tool


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    uv = str(tool("uv"))
    build = [uv, "build", "--wheel", "--out-dir", str(folder), str(REPOSITORY / "client")]
    subprocess.run(build, check=True, capture_output=True)
    [made] = folder.glob("*.whl")
    return made


def test_should_hold_the_client_and_its_types_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
    assert "gas_client/py.typed" in names
    assert {name.split("/")[0] for name in names} == {
        "gas_client",
        wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info",
    }


def test_should_run_when_it_is_installed_without_the_rest_of_the_project(
    wheel: Path, tmp_path: Path
) -> None:
    uv, venv = str(tool("uv")), tmp_path / "venv"
    subprocess.run([uv, "venv", "--python", sys.executable, str(venv)], check=True)
    install = [uv, "pip", "install", "--python", str(venv / "bin/python"), str(wheel)]
    subprocess.run(install, check=True)
    clean = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}

    def gas_client(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(venv / "bin/gas-client"), *arguments],
            cwd=tmp_path,
            env=clean,
            capture_output=True,
            text=True,
            check=False,
        )

    version = gas_client("--version")
    assert version.returncode == 0, version.stderr
    assert version.stdout.split()[1] in wheel.name
    lost = gas_client("list")
    assert (lost.returncode, "Run gas-client login" in lost.stderr) == (2, True)
