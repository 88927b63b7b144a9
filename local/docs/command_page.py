"""The page of all commands, made of the command line itself."""

from collections.abc import Iterator

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_group

HEAD = """\
# Commands

Every command answers `--help` with what this page says. An error is one sentence, which begins with
`gas:` and says what to do next. The exit code is 0 when all went well.
"""


def command_page(app: typer.Typer, forwarded: dict[str, TyperCommand]) -> str:
    """Return the page as Markdown.

    Args:
        app: the command line `./gas`.
        forwarded: commands that another command line answers, by name: `simulate`.
    """
    return "\n".join([HEAD, *_sections(get_group(app), "./gas", forwarded)])


def _sections(group: TyperGroup, before: str, forwarded: dict[str, TyperCommand]) -> Iterator[str]:
    for name, command in sorted(group.commands.items()):
        path = f"{before} {name}"
        if isinstance(command, TyperGroup):
            yield f"\n## `{path}`\n\n{_help(command)}\n"
            yield from _sections(command, path, {})
        elif isinstance(command, TyperCommand):
            level = "##" if before == "./gas" else "###"
            yield from _section(path, forwarded.get(name, command), level)


def _section(path: str, command: TyperCommand, level: str) -> Iterator[str]:
    context = typer.Context(command, info_name=path)
    arguments = [each for each in command.params if isinstance(each, TyperArgument)]
    options = [each for each in command.params if isinstance(each, TyperOption)]
    usage = [path, *(["[OPTIONS]"] if options else []), *map(_shown, arguments)]
    yield f"\n{level} `{path}`\n\n{_help(command)}\n\n    {' '.join(usage)}\n"
    shown: list[TyperArgument | TyperOption] = [*arguments, *options]
    shown = [each for each in shown if not each.hidden]
    if shown:
        yield "| argument or option | meaning |\n|---|---|"
        yield from (_row(each, context) for each in shown)


def _shown(argument: TyperArgument) -> str:
    name = (argument.name or "").upper() + ("..." if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def _row(parameter: TyperArgument | TyperOption, context: typer.Context) -> str:
    record = parameter.get_help_record(context) or ("", "")
    names, meaning = (text.replace("|", r"\|").replace("\n", " ") for text in record)
    if isinstance(parameter, TyperArgument):
        names = _shown(parameter)
    return f"| `{names}` | {meaning} |"


def _help(command: TyperCommand | TyperGroup) -> str:
    return (command.help or "").replace("\f", "").strip()
