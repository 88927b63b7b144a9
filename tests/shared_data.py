"""The folder of real inputs beside the project, which is not part of it."""

from pathlib import Path

import pytest

_FOLDER = Path(__file__).parents[2] / "shared" / "data"


def shared_data() -> Path:
    """Return the folder `../shared/data`; skip the calling test, saying so, when it isn't there."""
    if not _FOLDER.is_dir():
        pytest.skip("needs the real inputs in ../shared/data, which isn't there")
    return _FOLDER
