"""The command line itself: helps, exit codes, and errors without a traceback."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from local.commands import cli
from local.host import run_state
from local.host.folder import REPOSITORY, Folder
from local.host.processes import Identity
from local.host.run_state import ProcessRecord, Run


def commands(group: Any = None, before: tuple[str, ...] = ()) -> Iterator[list[str]]:
    """Every command with the groups that it is in."""
    group = group or typer.main.get_command(cli.app)
    for name, command in group.commands.items():
        yield [*before, name]
        if hasattr(command, "commands"):
            yield from commands(command, (*before, name))


@pytest.fixture(autouse=True)
def own_folder(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setattr(Folder, "of_repository", lambda: folder)
    return folder


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli.app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return 1, str(result.exception)
    return result.exit_code, result.output


def test_should_have_the_commands_of_the_readme() -> None:
    names = {" ".join(command) for command in commands()}

    alone = {"up", "down", "reset", "status", "mail", "submit", "test", "synth", "simulate"}
    benches = {f"bench {name}" for name in ("annotate", "explorer", "plans", "simulate", "synth")}
    loads = {f"loadtest {name}" for name in ("home", "register", "researcher", "annotator")}
    assert alone | benches | {"bench web"} | loads | {"stage show"} <= names


@pytest.mark.parametrize("command", list(commands()), ids=" ".join)
def test_should_explain_itself_when_asked_for_help(command: list[str]) -> None:
    code, said = run(*command, "--help")

    assert code == 0
    assert "usage" in said.lower()
    assert len(said.split()) > 20


def test_should_be_there_at_once_when_little_is_wanted() -> None:
    heavy = {"aiohttp", "boto3", "locust", "matplotlib", "numpy", "playwright", "pydantic"}
    look = f"import sys, local.commands.cli; print(*sys.modules.keys() & {heavy})"

    loaded = subprocess.run(
        [sys.executable, "-c", look], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )

    assert loaded.stdout.split() == []


def test_should_say_how_to_start_it_when_nothing_runs() -> None:
    assert run("status") == (1, "The platform isn't running. Start it: ./gas up")


def test_should_say_that_no_emails_are_kept_when_there_was_no_run() -> None:
    code, said = run("mail")

    assert code == 1
    assert "no emails of an earlier run are kept. Start it: ./gas up" in said


def test_should_exit_0_when_there_is_nothing_to_end() -> None:
    code, said = run("down")

    assert (code, said.strip()) == (0, "Nothing runs.")


def test_should_show_site_and_process_when_a_run_goes_on(folder: Folder) -> None:
    me = Identity.of(os.getpid())
    assert me is not None
    up = ProcessRecord(pid=me.pid, start_time=me.start_time)
    instance = run_state.InstanceRecord(
        group="web", instance_id="i-1", state="running", port=1, health="healthy"
    )
    Run(
        up=up,
        site_url="http://127.0.0.1:8000",
        endpoint_url="http://127.0.0.1:4566",
        ready=True,
        instances=(instance,),
        problems=("annotator: problem",),
    ).write(folder)

    code, said = run("status")

    assert code == 0
    assert "http://127.0.0.1:8000 is ready" in said
    assert "i-1" in said
    assert "healthy" in said
    assert "annotator: problem" in said


def test_should_keep_the_state_when_reset_is_not_confirmed(folder: Folder) -> None:
    result = CliRunner().invoke(cli.app, ["reset"], input="n\n")

    assert result.exit_code == 1
    assert folder.state.exists()


def test_should_forget_the_state_when_reset_is_told_yes(folder: Folder) -> None:
    assert run("reset", "--yes")[0] == 0

    assert not folder.state.exists()
    assert run_state.read_run(folder) is None


def test_should_print_one_line_and_exit_1_when_an_error_is_the_users() -> None:
    url = "http://127.0.0.1:1"

    result = subprocess.run(
        [sys.executable, "-m", "local", "check", "--url", url, "--email", "a@b.c"],
        cwd=REPOSITORY,
        env=os.environ | {"GAS_PASSWORD": "p"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert result.stderr == f"gas: No site answers at {url}. Start one: ./gas up\n"
