"""The bundle, under the name that these tests use."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def bundle(bundle_folder: Path) -> Path:
    """The folder of the bundle that the tree's data files make."""
    return bundle_folder
