"""`python -m stacks.settings [STAGE]` shows a stage, or prints the page of every key."""

import sys
from collections.abc import Iterator, Sequence

from stacks.settings.description import Key, effective, keys
from stacks.settings.stage_file import SettingsError, load, read, shown

HEAD = """\
# Settings of a stage

A stage is a file `stages/<name>.toml` with the keys below. `./gas stage show <name>` prints the
values of a stage. An unknown key or a wrong value stops every command, with a message that names
the file, the key and what is expected.
"""


def main(arguments: Sequence[str]) -> int:
    """Write to standard output; returns the exit code."""
    try:
        lines = show(arguments[0]) if arguments else document()
        sys.stdout.writelines(f"{line}\n" for line in lines)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def show(name: str) -> list[str]:
    """A paragraph a key of a stage: value, origin, meaning."""
    stage = load(name)
    values = effective(stage, read(name), file=shown(name))
    width = max(len(f"{one.key.name} = {one.value}") for one in values if len(one.value) < 40)
    return [
        line
        for one in values
        for line in (
            f"{f'{one.key.name} = {one.value}':<{width}}  ({one.origin})",
            f"    {one.key.meaning}",
        )
    ]


def document() -> Iterator[str]:
    """The page of every key, which `./gas docs` puts into the site."""
    yield HEAD
    table = None
    for key in keys():
        heading = key.name.rpartition(".")[0]
        if heading != table:
            table = heading
            yield f"\n## `[{table}]`\n" if table else "\n## At the top\n"
            yield "| key | expected | default | meaning |\n|---|---|---|---|"
        yield _row(key)


def _row(key: Key) -> str:
    name = key.name.rpartition(".")[2]
    expected = key.expected.replace("|", r"\|")
    default = "" if key.default is None else f"`{key.default}`"
    return f"| `{name}` | {expected} | {default} | {key.meaning} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
