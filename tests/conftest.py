"""Fixtures of all tests. The platform is deployed once a session, when a test asks for it."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console

from local.cloud import Cloud, Ports
from local.fleets.instance import free_port
from local.folder import Folder
from local.progress import Steps
from tests.cloud import DeployedCloud


@pytest.fixture(scope="session")
def cloud(pytestconfig: pytest.Config) -> Iterator[DeployedCloud]:
    """The whole platform: real CDK, IAM enforced, its own state and ports, stopped at the end."""
    with _test_folder() as folder, _progress(pytestconfig) as steps:
        ports = Ports(site=free_port(), emulator=free_port())
        with Cloud(folder=folder, ports=ports, steps=steps) as running:
            running.start()
            yield DeployedCloud(running)


@contextmanager
def _test_folder() -> Iterator[Folder]:
    """A folder in the work tree's `.gas`, so that instances can link what uv has cached.

    When the platform doesn't start or stop, its logs stay: they say why.
    """
    ours = Folder.of_repository()
    ours.root.mkdir(exist_ok=True)
    folder = Folder(root=Path(tempfile.mkdtemp(prefix="test-", dir=ours.root)), cache=ours.cache)
    folder.make()
    try:
        yield folder
        shutil.rmtree(folder.logs)
    finally:
        for path in (folder.state, folder.instances, folder.assembly, folder.home):
            shutil.rmtree(path, ignore_errors=True)
        if not folder.logs.exists():
            shutil.rmtree(folder.root)


def _progress(config: pytest.Config) -> Steps:
    return Steps(Console(stderr=True, quiet=config.get_verbosity() < 0))
