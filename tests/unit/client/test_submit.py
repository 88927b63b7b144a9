"""`gas-client submit`: what is sent, what is said, and how it ends."""

import json
from pathlib import Path

import httpx
import pytest

from tests.unit.client.conftest import COLUMNS, HEADER, RECORD, Run
from tests.unit.client.fake_service import RESULT, FakeService, problem


def test_should_send_the_file_and_start_its_job_when_it_is_submitted(
    run: Run, service: FakeService, vcf: Path
) -> None:
    ran = run("submit", vcf, "--note", "first")

    [job_id] = service.jobs
    assert (ran.code, ran.out) == (0, f"{job_id}\n")
    assert service.files[job_id] == vcf.read_bytes()
    [created] = service.sent("POST", "/api/v1/jobs")
    assert json.loads(created.content) == {
        "file_name": "x.vcf",
        "size": vcf.stat().st_size,
        "reference": "rcrs",
    }
    assert created.headers["Idempotency-Key"]
    [started] = service.sent("POST", "/api/v1/jobs/.*/start")
    assert json.loads(started.content) == {"ticket": f"ticket-{job_id}", "note": "first"}


def test_should_save_the_results_when_a_folder_is_named(
    run: Run, service: FakeService, vcf: Path, tmp_path: Path
) -> None:
    ran = run("submit", vcf, "--out", tmp_path / "out", "--json")

    assert ran.code == 0
    [entry] = ran.document["jobs"]
    assert entry["file"] == str(vcf)
    assert entry["job"]["state"] == "COMPLETED"
    assert entry["error"] is None
    for name, (kind, data) in RESULT.items():
        path = tmp_path / "out" / name
        assert path.read_bytes() == data
        saved = {"name": name, "kind": kind, "path": str(path), "size": len(data)}
        assert saved in entry["saved"]


@pytest.mark.parametrize(
    ("state", "said"), [("FAILED", "Line 3 isn't a record."), ("CANCELLED", "It is CANCELLED.")]
)
def test_should_exit_with_1_when_a_job_ends_without_a_result(
    run: Run, service: FakeService, vcf: Path, state: str, said: str
) -> None:
    service.ends_as, out = state, vcf.with_name("out")

    ran = run("submit", vcf, "--out", out, "--json")

    assert ran.code == 1
    assert said in ran.err
    [entry] = ran.document["jobs"]
    assert entry["error"]["exit_code"] == 1
    assert entry["job"]["state"] == state
    assert not out.exists()


def test_should_exit_with_5_when_a_job_does_not_end_in_time(
    run: Run, service: FakeService, vcf: Path
) -> None:
    ran = run("submit", vcf, "--wait", "--timeout", "0")

    assert ran.code == 5
    [job_id] = service.jobs
    assert f"gas-client show {job_id}" in ran.err
    assert ran.out == f"{job_id}\n"


def test_should_send_nothing_when_one_file_is_not_fit(
    run: Run, service: FakeService, vcf: Path, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.vcf"
    letter.write_text("Dear annotator\n")

    ran = run("submit", vcf, letter, "--json")

    assert ran.code == 2
    assert "its first line must begin with ##fileformat=VCF" in ran.document["error"]["message"]
    assert service.requests == []


def test_should_go_on_with_the_others_when_the_service_refuses_one(
    run: Run, service: FakeService, vcf: Path, tmp_path: Path
) -> None:
    second = tmp_path / "second.vcf"
    second.write_bytes(vcf.read_bytes())

    def refuse(request: httpx.Request) -> httpx.Response | None:
        if request.url.path == "/api/v1/jobs" and b"x.vcf" in request.content:
            return problem(413, "Your plan takes 150 kB.", type="/help/api#too-large")
        return None

    service.fault = refuse

    ran = run("submit", vcf, second, "--wait", "--json")

    assert ran.code == 3
    refused, done = ran.document["jobs"]
    assert refused["error"] == {
        "exit_code": 3,
        "message": "Your plan takes 150 kB.",
        "status": 413,
        "type": "/help/api#too-large",
    }
    assert refused["job"] is None
    assert done["job"]["state"] == "COMPLETED"


def test_should_report_what_was_started_when_the_service_goes_away(
    run: Run, service: FakeService, vcf: Path, tmp_path: Path
) -> None:
    files = [vcf]
    for name in ("b.vcf", "c.vcf"):
        files.append(tmp_path / name)
        files[-1].write_bytes(vcf.read_bytes())

    def gone(request: httpx.Request) -> httpx.Response | None:
        if len(service.sent("POST", ".*/start")) and request.url.path == "/api/v1/jobs":
            raise httpx.ConnectError("refused")
        return None

    service.fault = gone

    ran = run("submit", *files, "--retry-seconds", "0", "--json")

    assert ran.code == 4
    first, second, third = ran.document["jobs"]
    assert first["job"]["state"] == "PENDING"
    assert second["error"]["exit_code"] == 4
    assert third["job"] is None
    assert third["error"] is not None


def test_should_refuse_when_two_results_would_have_one_name(
    run: Run, service: FakeService, vcf: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other" / "x.vcf"
    other.parent.mkdir()
    other.write_bytes(vcf.read_bytes())

    ran = run("submit", vcf, other, "--out", tmp_path / "out")

    assert ran.code == 2
    assert "Submit them apart" in ran.err
    assert service.requests == []


def test_should_not_overwrite_a_result_before_anything_is_sent(
    run: Run, service: FakeService, vcf: Path, tmp_path: Path
) -> None:
    (tmp_path / "x.annot.vcf.gz").write_text("mine")

    ran = run("submit", vcf, "--out", tmp_path)

    assert ran.code == 6
    assert "exists" in ran.err
    assert (tmp_path / "x.annot.vcf.gz").read_text() == "mine"
    assert service.requests == []
    assert run("submit", vcf, "--out", tmp_path, "--force").code == 0
    assert (tmp_path / "x.annot.vcf.gz").read_bytes() == RESULT["x.annot.vcf.gz"][1]


def test_should_take_the_reference_that_the_service_finds(
    run: Run, service: FakeService, tmp_path: Path
) -> None:
    file = tmp_path / "x.vcf"
    file.write_text(HEADER + COLUMNS + RECORD)
    service.found |= {"reference": "grch37", "level": "warn", "text": "MT is another sequence."}

    ran = run("submit", file)

    assert ran.code == 0
    assert "MT is another sequence." in ran.err
    [asked], [created] = (
        service.sent("POST", f"/api/v1/{path}") for path in ("references/find", "jobs")
    )
    assert json.loads(asked.content)["records"] == [{"contig": "MT", "position": 3243, "ref": "A"}]
    assert json.loads(created.content)["reference"] == "grch37"


@pytest.mark.parametrize(("level", "reference"), [("open", None), ("stop", "grch38")])
def test_should_send_nothing_when_the_reference_is_open_or_contradicted(
    run: Run, service: FakeService, tmp_path: Path, level: str, reference: str | None
) -> None:
    file = tmp_path / "x.vcf"
    file.write_text(HEADER + COLUMNS + RECORD)
    service.found |= {
        "reference": reference,
        "level": level,
        "text": "Choose the right one.",
        "fitting": ["grch38", "grch37"],
        "agreement": "REF alleles that agree: 1 of 1 with GRCh37",
    }

    ran = run("submit", file, *(["--reference", reference] if reference else []))

    assert ran.code == 2
    use = "--reference grch37" if reference else "--reference grch38 or --reference grch37"
    assert (
        f"Choose the right one. REF alleles that agree: 1 of 1 with GRCh37. Use {use}." in ran.err
    )
    assert service.sent("POST", "/api/v1/jobs") == []
