"""The bundle, built once a session."""

from pathlib import Path

import pytest

from reference.rcrs.build import build_rcrs


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the bundle that the tree's data files make."""
    out = tmp_path_factory.mktemp("reference") / "rcrs"
    build_rcrs(out)
    return out
