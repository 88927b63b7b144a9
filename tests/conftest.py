"""Fixtures of all tests. The platform is deployed once a session, when a test asks for it."""

from collections.abc import Iterator

import pytest
from rich.console import Console

from local.progress import Steps
from local.temporary import temporary_cloud
from tests.cloud import DeployedCloud


@pytest.fixture(scope="session")
def cloud() -> Iterator[DeployedCloud]:
    """The whole platform: real CDK, IAM enforced, its own state and ports, stopped at the end."""
    # pytest captures what is printed, and shows it when the platform doesn't start.
    with Steps(Console(stderr=True)) as steps, temporary_cloud(steps) as running:
        yield DeployedCloud(running)
