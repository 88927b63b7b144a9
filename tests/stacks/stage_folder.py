"""A folder of stage files that a command reads and writes instead of the repository's."""

from pathlib import Path
from types import ModuleType

import pytest

from stacks.settings import load


def use_stage_folder(
    command: ModuleType, text: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Give `command` a folder with a stage dev of this text; return the folder."""
    folder.mkdir()
    (folder / "dev.toml").write_text(text)
    monkeypatch.setattr(command, "STAGES", folder)
    monkeypatch.setattr(command, "load", lambda name: load(name, folder))
    return folder
