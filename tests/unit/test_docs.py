"""The documents name what exists: files, modules, settings, commands, folders, data."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_group

from local.commands.cli import app
from local.commands.testing import NAMES
from local.docs.pages import GENERATED
from runtime.common import messages, restore_events
from runtime.common.job import Job
from runtime.common.messages import Message
from runtime.common.subscriptions import SubscriptionRecord
from runtime.common.users import User
from runtime.contract import dynamodb
from stacks.settings import load
from stacks.settings.description import ANY, keys
from tests.unit.test_architecture import MAY_IMPORT, ROOT

DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *(ROOT / folder / "README.md" for folder in ("client", "reference", "runtime/annotator")),
]
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")

FOLDERS = (
    *(part for part in MAY_IMPORT if part not in ("app", "gas_client")),
    *("client", "docs", "stages", "tests"),
)
"""The folders of the tree at its top."""

MADE_PAGES = {ROOT / "docs" / path for path in GENERATED}
"""Pages that exist on the site alone; its build checks what leads to them."""

INLINE_CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
COMMAND = re.compile(r"\./gas ([a-z|]+)((?: [^`\n#]+)?)")
DOTTED = re.compile(r"[a-z]\w*(?:\.\w+)+")


def name_of(document: Path) -> str:
    return document.relative_to(ROOT).as_posix()


def code_in(document: Path) -> set[str]:
    """Return what a document has in backticks."""
    return set(INLINE_CODE.findall(document.read_text(encoding="utf-8")))


def anchors(document: Path) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}


@cache
def names() -> set[str]:
    """Return the names of all files of the tree."""
    return {path.name for folder in FOLDERS for path in (ROOT / folder).rglob("*")}


def is_there(code: str, document: Path) -> bool:
    """Whether a file that a document names exists; what is no name of one counts as such."""
    path = code.partition(":")[0].rstrip("/")
    if not re.fullmatch(r"[\w.*@-]+(/[\w.*@-]+)*", path):
        return True
    if path.split("/")[0] in FOLDERS:
        return any(ROOT.glob(path))
    if "/" in path or not re.search(r"\.(py|md|sh|toml|tsv|js)$", path):
        return True
    return (document.parent / path).exists() or (ROOT / path).exists() or path in names()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_should_exist_when_a_document_names_a_file(document: Path) -> None:
    assert [code for code in code_in(document) if not is_there(code, document)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_should_exist_when_a_document_names_a_module_or_setting(document: Path) -> None:
    settings = {
        key.name.replace(f".{ANY}.", f".{fleet}.")
        for key in keys()
        for stage in (load("dev"), load("starter"))
        for fleet in stage.fleets
    }
    tables = {name.split(".")[0] for name in settings}
    known = {*MAY_IMPORT, *tables}
    named = {code for code in code_in(document) if DOTTED.fullmatch(code)}
    named = {code for code in named if code.split(".")[0] in known and code not in settings}
    assert [code for code in named if not is_module(code) and not is_there_file(code)] == []


def is_module(dotted: str) -> bool:
    """Whether a dotted name is a package, a module, or what a module holds."""
    path = ROOT / dotted.replace(".", "/")
    holder = path.parent.with_suffix(".py")
    holds = holder.is_file() and path.name in holder.read_text(encoding="utf-8")
    return path.is_dir() or path.with_suffix(".py").is_file() or holds


def is_there_file(code: str) -> bool:
    return (ROOT / code).exists() or code in names()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_should_lead_somewhere_when_a_document_links(document: Path) -> None:
    broken = []
    for path, anchor in LINK.findall(document.read_text(encoding="utf-8")):
        target = (document.parent / path).resolve() if path else document
        if target in MADE_PAGES:
            continue
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(f"{path}#{anchor}")
    assert broken == []


def commands_in(document: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the name and the words of each `./gas` command; `a|b` are two commands."""
    for names, words in COMMAND.findall(document.read_text(encoding="utf-8")):
        for name in names.split("|"):
            yield name, words.split()


def fault_of(name: str, words: list[str]) -> str | None:
    """Return what is wrong with a command, if anything."""
    group = get_group(app)
    command = group.commands.get(name)
    if command is None:
        return f"no command {name}"
    if name in ("simulate", "submit"):  # other command lines answer them
        return None
    if name == "test":  # it hands other options on
        only = {after for word, after in pairwise(words) if word == "--only"}
        return f"{name} has no {only - set(NAMES)}" if only - set(NAMES) else None
    if isinstance(command, TyperGroup) and words and not words[0].startswith("-"):
        subcommands = words[0].split("|")
        if unknown := set(subcommands) - set(command.commands):
            return f"{name} has no {unknown}"
        command = command.commands[subcommands[0]]
    options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    unknown = {word for word in words if word.startswith("-")} - options
    return f"{name} has no {unknown}" if unknown else None


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_should_run_when_a_document_names_a_command(document: Path) -> None:
    faults = {fault for name, words in commands_in(document) if (fault := fault_of(name, words))}
    assert faults == set()


def rows(heading: str, *, table: int = 0) -> list[list[str]]:
    """Return the cells of a table below a heading of the architecture, the first one by default."""
    [section] = re.findall(
        rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", ARCHITECTURE, re.DOTALL | re.MULTILINE
    )
    found = re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)[table]
    return [line.strip("|").split("|") for line in found.splitlines()[2:]]


def test_should_list_every_folder_with_what_it_may_import() -> None:
    listed = {
        INLINE_CODE.findall(name)[0].rstrip("/"): INLINE_CODE.findall(imports)
        for name, _, imports in rows("The tree")
    }
    assert set(listed) == {"app.py", "gas", *FOLDERS}
    listed["gas_client"] = listed["client"]  # the package has another name than its folder
    imports = {name.removesuffix(".py"): set(allowed) for name, allowed in listed.items()}
    assert {name: imports[name] for name in MAY_IMPORT} == {
        name: set(allowed) for name, allowed in MAY_IMPORT.items()
    }


def test_should_know_every_folder_at_the_top() -> None:
    """A folder with a module in it, or named in the tree, is one of the project's."""
    found = {path.parent.name for path in ROOT.glob("[a-z]*/__init__.py")}
    assert found <= set(FOLDERS)


def attributes(heading: str) -> set[str]:
    return {name for row in rows(heading) for name in INLINE_CODE.findall(row[1])}


def test_should_list_every_attribute_of_a_job() -> None:
    assert attributes("Table `annotations`") == set(Job.model_fields)


def test_should_list_every_index_of_jobs_with_its_keys() -> None:
    listed = [
        (*INLINE_CODE.findall(name), *INLINE_CODE.findall(both))
        for name, both, _ in rows("Table `annotations`", table=1)
    ]
    indexes = dynamodb.ANNOTATIONS.indexes
    assert listed == [(index.name, index.partition_key, index.sort_key) for index in indexes]


def test_should_list_every_attribute_of_a_user() -> None:
    fields = set(User.model_fields) | set(SubscriptionRecord.model_fields)
    assert attributes("Table `users`") == fields


def test_should_list_every_prefix_of_the_ephemeral_table() -> None:
    listed = {INLINE_CODE.findall(prefix)[0] for prefix, *_ in rows("Table `ephemeral`")}
    prefixes = {value for name, value in vars(dynamodb).items() if name.endswith("_PREFIX")}
    assert listed == prefixes


def test_should_list_what_belongs_to_accounts_and_jobs() -> None:
    listed = {INLINE_CODE.findall(prefix)[0] for prefix, *_ in rows("Table `owned_items`")}
    kinds = {value for name, value in vars(dynamodb).items() if name.endswith("_ITEM")}
    assert listed == kinds


def test_should_list_every_message() -> None:
    listed = {name for row in rows("Messages") for name in INLINE_CODE.findall(row[1])}
    assert listed == sent_messages()


def sent_messages() -> set[str]:
    """Return the classes of messages that travel."""
    named = (vars(messages) | vars(restore_events)).values()
    found = (value for value in named if isinstance(value, type))
    return {each.__name__ for each in found if issubclass(each, Message) and each is not Message}
