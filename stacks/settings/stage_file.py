"""A stage file, read into typed and frozen settings."""

import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from stacks.settings.stage import Stage

STAGES = Path(__file__).resolve().parents[2] / "stages"


class SettingsError(Exception):
    """A stage file can't be used; the message names file, key and what was expected."""


def load(name: str, folder: Path = STAGES) -> Stage:
    """The settings of stage `name`.

    Raises SettingsError that names the file, every wrong key and what was expected there.
    """
    tables = read(name, folder)
    if "name" in tables:
        raise SettingsError(f"{shown(name, folder)}: name: unknown key; the file's name is it")
    try:
        return Stage.model_validate({**tables, "name": name})
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(shown(name, folder), error))) from None


def read(name: str, folder: Path = STAGES) -> dict[str, Any]:
    """The unchecked contents of the file of stage `name`.

    Raises SettingsError if there is no such file, or if it isn't TOML.
    """
    try:
        return tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(file.stem for file in folder.glob("*.toml")))
        message = f"{shown(name, folder)}: no such stage; there are: {known}"
        raise SettingsError(message) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{shown(name, folder)}: not TOML: {error}") from None


def shown(name: str, folder: Path = STAGES) -> str:
    """How messages name the file of stage `name`."""
    return f"{folder.name}/{name}.toml"


def _explain(file: str, error: ValidationError) -> list[str]:
    lines = []
    for detail in error.errors():
        key = ".".join(str(part) for part in detail["loc"]) or "the stage"
        expected = {
            "extra_forbidden": "unknown key",
            "missing": "missing key",
        }.get(detail["type"], f"{detail['msg']}, not {detail['input']!r}")
        if detail["type"] == "value_error":
            expected = detail["msg"].removeprefix("Value error, ")
        lines.append(f"{file}: {key}: {expected}")
    return lines
