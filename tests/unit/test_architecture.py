"""Who may import whom."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PARTS = (
    *("runtime", "stacks", "reference", "scaling", "local", "loadtest", "bench", "chaos"),
    "gas_client",
)
"""The packages of the tree that import rules bind."""

FOLDER_OF = {"gas_client": "client/src/gas_client"}
"""Where a package is that isn't at the top of the tree."""

MAY_IMPORT = {
    "runtime": (),
    "scaling": (),
    # A bundle is written as the annotator reads it, by the same manifest and the same FASTA.
    "reference": (
        *("runtime.common.counted", "runtime.common.manifest", "runtime.common.bundle_files"),
        "runtime.vcf",
    ),
    "stacks": ("scaling", "runtime.contract"),
    # Whoever installs it has nothing else of the tree.
    "gas_client": (),
    # `./gas` is one command line: `local/commands/cli.py` takes the commands of others in.
    "local": (
        *("scaling", "runtime", "loadtest", "bench.commands", "chaos.commands", "reference"),
        "gas_client",
    ),
    "loadtest": ("runtime", "scaling"),
    "bench": ("local", "loadtest", "runtime", "scaling", "gas_client"),
    "chaos": ("local", "loadtest", "runtime"),
    "app": ("stacks",),
}
"""What each part may import of the others; a dotted name is that one package."""


def modules_of(part: str) -> list[Path]:
    if part == "app":
        return [ROOT / "app.py"]
    return sorted((ROOT / FOLDER_OF.get(part, part)).rglob("*.py"))


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
    assert modules_of(part) != []
    assert breaches(part) == []


def test_should_install_all_that_the_client_imports() -> None:
    project = tomllib.loads((ROOT / "client/pyproject.toml").read_text(encoding="utf-8"))
    installed = {re.split(r"[<>=]", each)[0] for each in project["project"]["dependencies"]}
    imported = {
        name.split(".")[0] for path in modules_of("gas_client") for name in imports_of(path)
    }
    assert imported - sys.stdlib_module_names - {"gas_client"} == installed


PROCESSES = (
    *(
        "web",
        "annotator",
        "notify",
        "retention",
        "janitor",
        "removal",
        "cleanup",
        "lifecycle",
        "webhooks",
    ),
)
"""The packages of `runtime` that are processes. None imports another one: what two of them need
lies in a package of its own."""

RUNTIME_MAY_IMPORT = {
    "contract": (),
    "vcf": (),
    "boot": ("contract", "common"),
    "common": ("contract",),
    **dict.fromkeys(PROCESSES, ("contract", "vcf", "common")),
}
"""What each package of `runtime` may import of the others."""

STILL_IMPORTED: set[tuple[str, str]] = set()
"""Imports of one process by another that are to go; whoever removes the last one shortens this."""

IN_CONTRACT = {"collections", "dataclasses", "enum", "pathlib", "pydantic", "runtime", "typing"}
"""All that the contract needs: it makes no AWS client, serves no page and opens no file."""


def runtime_imports(package: str) -> set[tuple[str, str]]:
    """The other packages of `runtime` that a package imports, as pairs."""
    imported = {
        name.split(".")[1]
        for path in modules_of(f"runtime/{package}")
        for name in imports_of(path)
        if name.startswith("runtime.")
    }
    return {(package, other) for other in imported - {package}}


def test_should_know_every_package_of_the_runtime() -> None:
    packages = {path.parent.name for path in (ROOT / "runtime").glob("*/__init__.py")}
    assert packages == set(RUNTIME_MAY_IMPORT)
    started = {path.parent.name for path in (ROOT / "runtime").glob("*/__main__.py")}
    assert started == set(PROCESSES)


@pytest.mark.parametrize("package", sorted(RUNTIME_MAY_IMPORT))
def test_should_import_no_process_when_it_is_another_part_of_the_runtime(package: str) -> None:
    allowed = {(package, other) for other in RUNTIME_MAY_IMPORT[package]}
    assert runtime_imports(package) - allowed <= STILL_IMPORTED


def test_should_shorten_the_list_when_an_import_between_processes_is_gone() -> None:
    found = set().union(*(runtime_imports(process) for process in PROCESSES))
    assert found >= STILL_IMPORTED


def test_should_need_nothing_but_types_when_both_sides_import_the_contract() -> None:
    imported = {name for path in modules_of("runtime/contract") for name in imports_of(path)}
    assert {name.split(".")[0] for name in imported} <= IN_CONTRACT


FOR_TYPES = re.compile(r"mypy_boto3_\w+|_typeshed")
"""Stubs, which are imported under TYPE_CHECKING only."""


def test_should_import_only_what_instances_install() -> None:
    lock = (ROOT / "runtime/requirements.txt").read_text(encoding="utf-8")
    installed = set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))
    imported = {
        name.split(".")[0] for path in modules_of("runtime") for name in imports_of(path)
    } - sys.stdlib_module_names
    own = {"runtime", *(path.stem for path in modules_of("runtime"))}  # a script's neighbours
    distributions = packages_distributions()
    missing = {
        name
        for name in imported - own
        if not FOR_TYPES.fullmatch(name)
        and not {each.lower() for each in distributions.get(name, ())} & installed
    }
    assert missing == set(), "not in runtime/requirements.txt, or not installed here"


JOBS = ROOT / "runtime/common/jobs"
"""What writes items of the table of jobs. All else calls these modules."""

ITEM_WRITE = re.compile(
    r"\bitems\.(?:put|update|delete)\(|\.(?:put_item|update_item|delete_item|batch_writer)\b"
)


def test_should_write_jobs_in_one_place() -> None:
    """A class that writes jobs is a JobTable; other writers have tables of their own."""
    texts = {path: path.read_text(encoding="utf-8") for path in modules_of("runtime")}
    stores = {path for path, text in texts.items() if re.search(r"class \w+\(JobTable\)", text)}
    assert {path.parent for path in stores} == {JOBS}
    writers = {path for path, text in texts.items() if ITEM_WRITE.search(text)}
    of_jobs = {path for path in writers if "annotations" in texts[path]}
    assert {path.parent for path in of_jobs} <= {JOBS}


def test_should_write_where_a_result_is_in_one_module_when_the_job_has_completed() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in modules_of("runtime")}
    writers = {path for path, text in texts.items() if '"result_state":' in text}
    assert writers == {JOBS / "attempts.py", JOBS / "result_states.py"}
