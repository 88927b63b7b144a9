"""Who may import whom."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PARTS = ("runtime", "stacks", "reference", "scaling", "local", "loadtest", "bench")
"""The packages of the tree that import rules bind."""

MAY_IMPORT = {
    "runtime": (),
    "scaling": (),
    "reference": (),
    "stacks": ("scaling", "runtime.contract"),
    # `./gas` is one command line: `local/commands/cli.py` takes the commands of `bench` in.
    "local": ("scaling", "runtime", "loadtest", "bench.commands"),
    "loadtest": ("runtime", "scaling"),
    "bench": ("local", "loadtest", "runtime", "scaling"),
    "app": ("stacks",),
}
"""What each part may import of the others; a dotted name is that one package."""


def modules_of(part: str) -> list[Path]:
    return [ROOT / "app.py"] if part == "app" else sorted((ROOT / part).rglob("*.py"))


def imports_of(path: Path) -> Iterator[str]:
    """Yield the dotted name of everything that a module imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def breaches(part: str) -> list[str]:
    allowed = (part, *MAY_IMPORT[part])
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules_of(part)
        for name in imports_of(path)
        if name.split(".")[0] in PARTS
        and not any(name == permitted or name.startswith(f"{permitted}.") for permitted in allowed)
    ]


@pytest.mark.parametrize("part", sorted(MAY_IMPORT))
def test_should_import_only_what_the_design_allows(part: str) -> None:
    assert breaches(part) == []
