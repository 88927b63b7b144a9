"""Services stand beneath the pages, and the API: they know nothing of Flask."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import runtime.web.services

SERVICES = sorted(Path(runtime.web.services.__path__[0]).rglob("*.py"))


def imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("module", SERVICES, ids=lambda module: module.name)
def test_should_know_nothing_of_pages_when_a_service_is_written(module: Path) -> None:
    for name in imported(module):
        assert name.split(".")[0] not in {"flask", "flask_wtf", "werkzeug", "jinja2", "markupsafe"}
        assert not name.startswith("runtime.web") or name.startswith("runtime.web.services"), name
