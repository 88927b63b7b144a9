"""What every key of a stage file means, which values it takes, and where its value comes from."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from stacks.settings.stage import Stage

ANY = "NAME"
"""Stands in a key for a name that the stage chooses, as in `fleets.NAME.min`."""


@dataclass(frozen=True)
class Key:
    """A key by its full name, e.g. `network.zones`; `default` is None where it must be given."""

    name: str
    meaning: str
    expected: str
    default: str | None


@dataclass(frozen=True)
class Effective:
    """The value that a key has in a stage, as TOML, and who set it."""

    key: Key
    value: str
    origin: str


def keys() -> list[Key]:
    """Every key, in the order of the models."""
    schema = Stage.model_json_schema()
    found = _keys(schema, schema["$defs"], prefix="")
    return [key for key in found if key.name != "name"]  # it's the file's


def effective(stage: Stage, tables: dict[str, Any], *, file: str) -> list[Effective]:
    """The value of every key of `stage`; `tables` are the contents of its `file`."""
    dumped = stage.model_dump()
    return [
        Effective(key, _toml(_at(dumped, key.name)), _origin(key, tables, file))
        for found in keys()
        for key in _named(found, dumped)
    ]


def _named(key: Key, dumped: dict[str, Any]) -> Iterator[Key]:
    """Yield the key, or where it has a name of the stage's choice, one key for each."""
    table, chosen, rest = key.name.partition(f".{ANY}.")
    names = [f"{table}.{name}.{rest}" for name in _at(dumped, table)] if chosen else [key.name]
    yield from (replace(key, name=name) for name in names)


def _origin(key: Key, tables: dict[str, Any], file: str) -> str:
    return "default" if _at(tables, key.name) is None else file


def _at(tables: dict[str, Any], name: str) -> Any:
    value: Any = tables
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _keys(
    model: dict[str, Any], models: dict[str, Any], *, prefix: str, optional: bool = False
) -> Iterator[Key]:
    required = model.get("required", [])
    for name, field in model["properties"].items():
        kind = _kind(field)
        if "$ref" in kind:
            nested = models[kind["$ref"].rpartition("/")[2]]
            yield from _keys(
                nested, models, prefix=f"{prefix}{name}.", optional=name not in required
            )
            continue
        if named := kind.get("patternProperties"):
            [model] = named.values()
            nested = models[model["$ref"].rpartition("/")[2]]
            yield from _keys(nested, models, prefix=f"{prefix}{name}.{ANY}.")
            continue
        default = None if name in required else _toml(field.get("default"))
        expected = _expected(kind)
        if optional and name in required:
            expected += f"; needed if there is a table `{prefix.rstrip('.')}`"
        yield Key(f"{prefix}{name}", field["description"], expected, default)


def _kind(field: dict[str, Any]) -> dict[str, Any]:
    """The field's type, without the null of one that may be left out."""
    choices = [choice for choice in field.get("anyOf", [field]) if choice.get("type") != "null"]
    kind: dict[str, Any] = choices[0]
    return kind


def _expected(kind: dict[str, Any]) -> str:
    if "enum" in kind:
        return " or ".join(_toml(value) for value in kind["enum"])
    match kind["type"]:
        case "boolean":
            return "true or false"
        case "integer" | "number" as numbers:
            what = "whole number" if numbers == "integer" else "number"
            bounds = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most"}
            said = [f"{words} {kind[bound]}" for bound, words in bounds.items() if bound in kind]
            return ", ".join([what, *said])
        case "array":
            least = f" of at least {kind['minItems']}" if "minItems" in kind else ""
            return f"list{least}: {_expected(kind['items'])}"
        case "object":
            names = ", ".join(kind["propertyNames"]["enum"])
            return f"{_expected(kind['additionalProperties'])}, by any of: {names}"
        case "string":
            return f"text like `{kind['pattern']}`" if "pattern" in kind else "text"
    raise ValueError(f"no description of {kind}")


def _toml(value: Any) -> str:
    return "(none)" if value is None else json.dumps(value, ensure_ascii=False)
