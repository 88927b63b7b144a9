"""`./gas submit`: which site it submits to, and as whom."""

import os
from collections.abc import Sequence

import pytest

from local.commands import submit as command
from local.commands.person import Person, find_person
from local.errors import LocalError
from local.host.folder import Folder
from local.host.processes import Identity
from local.host.run_state import ProcessRecord, Run

SITE = "http://127.0.0.1:8000"
DEMO = '{"email": "demo@example.org", "password": "p", "token": "gas_demo"}'


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The variables, without those that name a site."""
    variables = {name: value for name, value in os.environ.items() if "GAS_" not in name}
    monkeypatch.setattr(os, "environ", variables)
    return variables


@pytest.fixture
def passed_on(monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]) -> list[object]:
    """What gas-client was given: its arguments, GAS_URL and GAS_TOKEN."""
    found: list[object] = []

    def main(arguments: Sequence[str]) -> int:
        found.extend([arguments, environ.get("GAS_URL"), environ.get("GAS_TOKEN")])
        return 5

    monkeypatch.setattr(command, "main", main)
    return found


@pytest.fixture
def running(folder: Folder) -> None:
    """A platform runs here."""
    me = Identity.of(os.getpid())
    assert me is not None
    up = ProcessRecord(pid=me.pid, start_time=me.start_time)
    run = Run(up=up, site_url=SITE, endpoint_url="http://127.0.0.1:4566", ready=True)
    run.write(folder)
    folder.demo_file.write_text(DEMO)


def test_should_submit_as_the_demo_user_when_no_site_is_named(
    folder: Folder, running: None, passed_on: list[object]
) -> None:
    assert command.submit(folder, ["x.vcf"]) == 5
    assert passed_on == [["submit", "x.vcf"], SITE, "gas_demo"]


@pytest.mark.parametrize("option", [["--url", "https://a.b"], ["--url=https://a.b"]])
def test_should_keep_the_demo_users_token_when_another_site_is_named(
    folder: Folder, running: None, passed_on: list[object], option: list[str]
) -> None:
    command.submit(folder, ["x.vcf", *option])
    assert passed_on == [["submit", "x.vcf", *option], None, None]


def test_should_say_how_to_start_one_when_nothing_runs(
    folder: Folder, passed_on: list[object]
) -> None:
    with pytest.raises(LocalError, match=r"Start it: \./gas up"):
        command.submit(folder, ["x.vcf"])
    with pytest.raises(LocalError, match=r"Start it: \./gas up"):
        find_person(folder, url=None, email=None)
    assert passed_on == []


def test_should_be_the_demo_user_when_no_other_is_named(
    folder: Folder, environ: dict[str, str]
) -> None:
    folder.demo_file.write_text(DEMO)
    assert find_person(folder, url=SITE, email=None) == Person(SITE, "demo@example.org", "p")

    environ["GAS_PASSWORD"] = "theirs"
    other = find_person(folder, url=SITE, email="other@example.org")
    assert other == Person(SITE, "other@example.org", "theirs")
