"""The other commands, and what a script sees of them."""

from collections.abc import Sequence

import httpx
import pytest

from gas_client.errors import ExitCode
from gas_client.parser import EPILOG
from tests.unit.client.conftest import Run
from tests.unit.client.fake_service import FakeService, problem


@pytest.fixture
def jobs(service: FakeService) -> list[str]:
    for number in range(5):
        service.jobs[f"j{number}"] = {
            "job_id": f"j{number}",
            "state": "COMPLETED",
            "progress": 100,
            "file_name": f"{number}\x1b[31m.vcf",
            "note": "",
        }
    return list(service.jobs)


def test_should_follow_the_cursor_when_jobs_are_listed(
    run: Run, service: FakeService, jobs: list[str]
) -> None:
    assert [each["job_id"] for each in run("list", "--json").document["items"]] == jobs
    limited = run("list", "--limit", "3", "--json").document["items"]
    assert [each["job_id"] for each in limited] == jobs[:3]


def test_should_keep_control_characters_from_the_terminal_when_a_name_has_some(
    run: Run, jobs: list[str]
) -> None:
    ran = run("list")

    assert "\x1b" not in ran.out
    assert ran.out.splitlines()[1] == "j0\tCOMPLETED\t100\t0 [31m.vcf\t.\t.\t."


def test_should_pass_the_filter_on_when_variants_are_wanted(
    run: Run, service: FakeService, jobs: list[str]
) -> None:
    ran = run("variants", "j1", "--filter", "gene=A", "--filter", "gene=B", "--filter", "af=0.1")

    [asked] = service.sent("GET", ".*/variants")
    assert asked.url.params.get_list("gene") == ["A", "B"]
    assert asked.url.params["af"] == "0.1"
    assert ran.out == "chrom\tpos\tnote\tgenes\nMT\t3243\ttwo words\t.\n"


def test_should_name_the_saved_filter_when_one_is_wanted(
    run: Run, service: FakeService, jobs: list[str]
) -> None:
    run("variants", "j1", "--saved", "Rare & high", "--filter", "gene=A")

    [asked] = service.sent("GET", ".*/variants")
    assert dict(asked.url.params) == {"gene": "A", "saved": "Rare & high", "limit": "100"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("variants", "j1", "--filter", "gene"),
        ("variants", "j1", "--filter", "saved=x"),
        ("variants", "j1", "--filter", "cursor=x"),
        ("show", "../account"),
        ("get", "j1", "--only", "bam"),
        ("submit",),
        ("list", "--limit", "0"),
        ("list", "--retry-seconds", "nan"),
        ("nosuch",),
        ("submit", "nosuch.vcf"),
        ("list", "--url", "http://gas.example.org"),
        ("delete", "j1"),
    ],
)
def test_should_exit_with_2_and_send_nothing_when_the_arguments_are_not_right(
    run: Run, service: FakeService, jobs: list[str], arguments: Sequence[str]
) -> None:
    assert run(*arguments).code == 2
    assert service.requests == []


def test_should_do_the_rest_when_one_of_several_jobs_is_unknown(
    run: Run, service: FakeService, jobs: list[str]
) -> None:
    ran = run("delete", "--yes", "--json", "j1", "nosuch", "j2")

    assert ran.code == 3
    assert [each["error"] is None for each in ran.document["items"]] == [True, False, True]
    assert sorted(service.jobs) == ["j0", "j3", "j4"]

    assert run("cancel", "j0").out == "j0: CANCELLED\n"
    assert service.jobs["j0"]["state"] == "CANCELLED"


def test_should_wait_as_long_as_the_service_asks_when_it_is_busy(
    run: Run, service: FakeService, waits: list[float]
) -> None:
    answers = [problem(429, "Too many.", headers={"Retry-After": "7"}), None]
    service.fault = lambda request: answers.pop(0)

    ran = run("references", "--json")

    assert (ran.code, waits) == (0, [7.0])
    assert "the next try is in 7 s" in ran.err
    assert ran.document["items"][0]["name"] == "rcrs"


def test_should_not_wait_when_the_service_asks_for_more_than_is_allowed(
    run: Run, service: FakeService, waits: list[float]
) -> None:
    service.fault = lambda request: problem(
        429, "Your plan allows 10 jobs an hour.", headers={"Retry-After": "3000"}
    )

    ran = run("list", "--json")

    assert (ran.code, waits) == (3, [])
    assert ran.document["error"]["message"] == "Your plan allows 10 jobs an hour."
    assert ran.document["error"]["status"] == 429


def test_should_wait_longer_each_time_and_then_give_up_when_nothing_answers(
    run: Run, service: FakeService, waits: list[float]
) -> None:
    def nothing(request: httpx.Request) -> None:
        raise httpx.ConnectError("Connection refused")

    service.fault = nothing

    ran = run("list", "--retry-seconds", "20")

    assert ran.code == 4
    assert "doesn't answer: Connection refused" in ran.err
    assert sum(waits) <= 20
    assert waits == sorted(waits)


def test_should_follow_no_redirect_since_the_token_is_for_one_address(
    run: Run, service: FakeService
) -> None:
    service.fault = lambda request: httpx.Response(302, headers={"Location": "https://b.example/"})

    ran = run("list")

    assert ran.code == 3
    assert "Use that address" in ran.err
    assert {each.url.host for each in service.requests} == {"127.0.0.1"}


def test_should_say_so_when_the_address_is_not_of_a_service(run: Run, service: FakeService) -> None:
    service.fault = lambda request: httpx.Response(200, text="<html>")

    ran = run("list")

    assert ran.code == 4
    assert "isn't the API of a GAS service" in ran.err


def test_should_name_each_field_when_the_service_finds_fault_with_them(
    run: Run, service: FakeService
) -> None:
    errors = [{"field": "impact", "message": "There is no impact LOUD."}]
    service.fault = lambda request: problem(400, "The query isn't right.", errors=errors)

    ran = run("variants", "j1", "--filter", "impact=LOUD")

    assert "The query isn't right. impact: There is no impact LOUD." in ran.err


def test_should_list_every_exit_code_in_its_help(run: Run) -> None:
    assert EPILOG in run("--help").out
    for code in ExitCode:
        assert f"\n  {code:<5}" in EPILOG


def test_should_say_that_nothing_matches_when_a_filter_leaves_no_variant(
    run: Run, service: FakeService
) -> None:
    service.jobs["j1"] = {"job_id": "j1"}
    service.fault = lambda _: httpx.Response(200, json={"items": [], "next_cursor": None})
    ran = run("variants", "j1", "--filter", "gene=BRCA2")
    assert (ran.code, ran.out) == (0, "")
    assert "No variants match." in ran.err


def test_should_say_that_there_may_be_more_when_as_many_are_printed_as_wanted(
    run: Run, service: FakeService
) -> None:
    for number in range(3):
        service.jobs[f"j{number}"] = {"job_id": f"j{number}"}
    assert "--limit 0" in run("variants", "j1", "--limit", "1").err
    assert "--limit 0" not in run("variants", "j1", "--limit", "0").err
    assert "--limit" in run("list", "--limit", "2").err
    assert "--limit" not in run("list", "--limit", "4").err
