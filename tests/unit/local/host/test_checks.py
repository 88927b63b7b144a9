"""Every fault that keeps the platform from starting is one sentence with a way out."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.errors import LocalError
from local.host import checks
from local.host.folder import Folder


@pytest.fixture
def used_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 4), (3, 14, 0), (4, 0, 0)])
def test_should_accept_python_when_it_is_new_enough(version: tuple[int, ...]) -> None:
    checks.check_python(version)


@pytest.mark.parametrize("version", [(3, 10, 14), (3, 8, 0), (2, 7, 18)])
def test_should_name_both_versions_when_python_is_too_old(version: tuple[int, ...]) -> None:
    have = re.escape(".".join(map(str, version)))

    with pytest.raises(LocalError, match=rf"This is Python {have}; GAS needs 3\.11 or later"):
        checks.check_python(version)


def test_should_name_what_is_missing_when_the_installation_is_incomplete(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("local.host.checks.TOOLS", ("node", "no-such-tool"))

    with pytest.raises(LocalError, match=r"missing: \.venv/bin/no-such-tool\. Delete"):
        checks.check_tools()


def test_should_make_the_folder_when_it_is_not_there(tmp_path: Path) -> None:
    folder = Folder(root=tmp_path / "new", cache=tmp_path / "new" / "cache")

    checks.check_folder(folder)

    assert folder.instances.is_dir()
    assert folder.state.stat().st_mode & 0o777 == 0o700


def test_should_name_the_folder_when_it_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    folder = Folder(root=tmp_path / "file" / "gas", cache=tmp_path / "cache")

    with pytest.raises(LocalError, match="file/gas can't be written: Not a directory"):
        checks.check_folder(folder)


def test_should_name_port_user_and_option_when_a_port_is_in_use(used_port: int) -> None:
    with pytest.raises(LocalError) as fault:
        checks.check_port(used_port, "--port")

    assert f"Port {used_port} is in use by " in str(fault.value)
    assert f"./gas up --port {used_port + 1}" in str(fault.value)


def test_should_accept_a_port_when_it_is_free(used_port: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]

    checks.check_port(free, "--port")


def test_should_take_the_next_port_when_the_emulators_is_in_use(
    used_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.host.checks.EMULATOR_PORT", used_port)

    assert used_port < checks.choose_emulator_port(None) < used_port + checks.EMULATOR_PORTS_TRIED


def test_should_not_take_another_port_when_one_was_asked_for(used_port: int) -> None:
    with pytest.raises(LocalError, match="--emulator-port"):
        checks.choose_emulator_port(used_port)
