"""Fixtures for the parts of the laptop cloud: a folder, the emulated account, an event loop."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.aws.account import Account
from local.host.folder import Folder
from local.host.http_server import LoopThread
from tests.emulator import Emulator


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(root=tmp_path / "gas", cache=tmp_path / "cache")
    folder.make()
    return folder


@pytest.fixture
def account(emulator: Emulator) -> Account:
    return Account(emulator.endpoint_url)


@pytest.fixture
def servers() -> Iterator[LoopThread]:
    with LoopThread() as servers:
        yield servers
