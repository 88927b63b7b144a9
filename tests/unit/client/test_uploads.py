"""Uploads that are cut off, and what a second run of the same command does."""

from pathlib import Path

import httpx
import pytest

from tests.unit.client.conftest import Run
from tests.unit.client.fake_service import FakeService, problem


def part_of(request: httpx.Request) -> int | None:
    """The number of the part that a request sends."""
    return int(request.url.path.split("/")[-1]) if "/part/" in request.url.path else None


def cut_off(service: FakeService, run: Run, file: Path) -> None:
    """Submit a file of 4 parts to a storage that takes no more than the first two."""

    def fault(request: httpx.Request) -> httpx.Response | None:
        if (part_of(request) or 0) > 2:
            raise httpx.WriteError("connection reset")
        return None

    service.fault = fault
    assert run("submit", file, "--retry-seconds", "0").code == 4
    service.fault = None
    service.requests.clear()


def test_should_go_on_where_it_stopped_when_it_is_run_again(
    run: Run, service: FakeService, large_vcf: Path
) -> None:
    cut_off(service, run, large_vcf)

    assert run("submit", large_vcf).code == 0

    assert {part_of(each) for each in service.sent("PUT", ".*")} == {3, 4}
    [job_id] = service.jobs
    assert service.files[job_id] == large_vcf.read_bytes()


def test_should_begin_anew_when_the_run_before_was_finished(
    run: Run, service: FakeService, large_vcf: Path
) -> None:
    run("submit", large_vcf)
    run("submit", large_vcf)

    assert len(service.jobs) == 2


def test_should_begin_anew_when_the_file_has_changed(
    run: Run, service: FakeService, large_vcf: Path
) -> None:
    cut_off(service, run, large_vcf)
    with large_vcf.open("a") as file:
        file.write("MT\t8993\t.\tT\tG\t.\t.\t.\n")

    assert run("submit", large_vcf).code == 0

    assert len(service.sent("PUT", ".*")) == 4
    assert large_vcf.read_bytes() in service.files.values()


def test_should_begin_anew_when_the_service_does_not_know_the_upload_any_more(
    run: Run, service: FakeService, large_vcf: Path
) -> None:
    cut_off(service, run, large_vcf)
    service.jobs.clear()

    assert run("submit", large_vcf).code == 0
    assert len(service.sent("PUT", ".*")) == 4


def test_should_start_no_job_when_the_file_changes_while_it_is_sent(
    run: Run, service: FakeService, vcf: Path, large_vcf: Path
) -> None:
    for file in (vcf, large_vcf):

        def change(request: httpx.Request, file: Path = file) -> None:
            if request.url.host == "storage.test":
                file.write_text("other")

        service.fault = change
        ran = run("submit", file)
        assert (ran.code, "changed while it was sent" in ran.err) == (2, True)
    assert service.sent("POST", ".*/start") == []


def test_should_keep_the_state_from_others_when_an_upload_is_cut_off(
    run: Run, service: FakeService, large_vcf: Path, home: Path
) -> None:
    cut_off(service, run, large_vcf)

    [state] = (home / "cache/gas-client/uploads").iterdir()
    assert state.stat().st_mode & 0o077 == 0


def test_should_send_again_when_the_connection_breaks_off(
    run: Run, service: FakeService, vcf: Path, large_vcf: Path, waits: list[float]
) -> None:
    for file in (vcf, large_vcf):
        broken: list[str] = []

        def fault(request: httpx.Request, broken: list[str] = broken) -> httpx.Response | None:
            if request.url.host == "storage.test" and not broken:
                broken.append(request.url.path)
                raise httpx.ReadError("connection reset")
            return None

        service.fault = fault
        assert run("submit", file).code == 0
        assert broken
        assert file.read_bytes() in service.files.values()
    assert len(waits) == 2


def test_should_give_the_storages_reason_when_it_refuses(
    run: Run, service: FakeService, vcf: Path
) -> None:
    def refuse(request: httpx.Request) -> httpx.Response | None:
        if request.url.host != "storage.test":
            return None
        return httpx.Response(400, text="<Error><Message>It is &gt; the limit</Message></Error>")

    service.fault = refuse

    ran = run("submit", vcf)

    assert ran.code == 3
    assert "The storage refused (HTTP 400): It is > the limit" in ran.err


@pytest.mark.parametrize(("status", "code"), [(403, 3), (500, 4)])
def test_should_exit_by_who_is_to_blame_when_a_request_fails(
    run: Run, service: FakeService, vcf: Path, status: int, code: int
) -> None:
    service.fault = lambda request: problem(status, "No.")

    assert run("list").code == code
