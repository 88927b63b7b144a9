"""One process, one module of a name: a traceback or a search leads to one file."""

from collections import defaultdict
from pathlib import Path

import pytest

from tests.unit.test_architecture import PARTS, PROCESSES, ROOT, imports_of

ENTRY_POINTS = (*(f"runtime/{process}/__main__.py" for process in PROCESSES), "app.py")


def dotted(path: Path) -> str:
    """Return the name by which a module is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {dotted(path): path for part in PARTS for path in (ROOT / part).rglob("*.py")} | {
    "app": ROOT / "app.py"
}


def loaded_by(entry_point: str) -> set[str]:
    """Return all modules of the tree that a process loads, directly or through others."""
    seen: set[str] = set()
    waiting = [dotted(ROOT / entry_point)]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            # Of `from a.b import c` the module is a.b, or a.b.c.
            wanted = set(imports_of(MODULES[name]))
            wanted |= {each.rpartition(".")[0] for each in wanted}
            waiting += wanted & MODULES.keys()
    return seen


@pytest.mark.parametrize("entry_point", ENTRY_POINTS)
def test_should_have_one_module_of_a_name_when_a_process_runs(entry_point: str) -> None:
    modules = loaded_by(entry_point)
    assert len(modules) > 10
    named: defaultdict[str, list[str]] = defaultdict(list)
    for module in modules:
        if MODULES[module].name not in ("__init__.py", "__main__.py"):
            named[module.rsplit(".", 1)[-1]].append(module)
    assert {name: found for name, found in named.items() if len(found) > 1} == {}
