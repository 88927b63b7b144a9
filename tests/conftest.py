"""Fixtures of all tests. The platform is deployed once a session, when a test asks for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from local.progress import Steps
from local.temporary import temporary_cloud
from tests.cloud import DeployedCloud

TESTS = Path(__file__).parent
SHARED = {"boot": "cloud", "browser": "cloud", "platform": "cloud", "stacks": "stacks"}
"""Suites whose tests share what takes long to make: a worker of its own makes it once."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Divide the tests among pytest-xdist's workers: the platform's, the stacks', modules.

    The longest come first, so that no worker idles while another begins with them.
    """
    if not hasattr(config, "workerinput"):
        return
    for item in items:
        suite = item.path.relative_to(TESTS).parts[0]
        item.add_marker(pytest.mark.xdist_group(SHARED.get(suite, item.path.stem)))
    order = {"cloud": 0, "stacks": 1}
    items.sort(key=lambda item: order.get(_group(item), len(order)))


def _group(item: pytest.Item) -> str:
    mark = item.get_closest_marker("xdist_group")
    return "" if mark is None else str(mark.args[0])


@pytest.fixture(scope="session")
def cloud() -> Iterator[DeployedCloud]:
    """The whole platform: real CDK, IAM enforced, its own state and ports, stopped at the end."""
    # pytest captures what is printed, and shows it when the platform doesn't start.
    with Steps(Console(stderr=True)) as steps, temporary_cloud(steps) as running:
        yield DeployedCloud(running)
