"""Uploads in parts by the API."""

import uuid
from typing import Any

import httpx
import pytest

from runtime.common.users import Role
from runtime.web.services.resumable_uploads import PART_BYTES
from tests.unit.web.api.client import Program
from tests.unit.web.site import VCF, Site

RECORD = VCF.splitlines(keepends=True)[-1]
FILE = VCF + RECORD * ((PART_BYTES + 1000) // len(RECORD))
"""In two parts."""


@pytest.fixture
def program(site: Site) -> Program:
    return Program(site, site.user(role=Role.PREMIUM_USER))


def create(program: Program, size: int = len(FILE)) -> dict[str, Any]:
    body = {"file_name": "a.vcf", "size": size, "multipart": True}
    answer = program.ask("POST /jobs", json=body)
    assert answer.status_code == 201, answer.text
    opened: dict[str, Any] = answer.get_json()
    return opened


def sign(program: Program, opened: dict[str, Any], *numbers: int) -> list[dict[str, Any]]:
    body = {"ticket": opened["ticket"], "numbers": numbers}
    answer = program.ask(f"POST /jobs/{opened['job_id']}/upload/parts", json=body)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def put(part: dict[str, Any], content: bytes = FILE) -> int:
    first = (part["number"] - 1) * PART_BYTES
    return httpx.put(part["url"], content=content[first:][: part["size"]]).status_code


def arrived(program: Program, opened: dict[str, Any]) -> list[int]:
    query = {"ticket": opened["ticket"]}
    answer = program.ask(f"GET /jobs/{opened['job_id']}/upload", query_string=query)
    assert answer.status_code == 200, answer.text
    return [each["number"] for each in answer.get_json()["items"]]


def start(program: Program, opened: dict[str, Any]) -> Any:
    return program.ask(f"POST /jobs/{opened['job_id']}/start", json={"ticket": opened["ticket"]})


def test_should_make_one_file_of_the_parts_when_the_job_starts(
    site: Site, program: Program
) -> None:
    opened = create(program)
    assert opened["upload"] == {"part_size": PART_BYTES, "parts": 2}

    [second] = sign(program, opened, 2)
    assert put(second) == 200
    assert arrived(program, opened) == [2]
    early = start(program, opened)
    assert early.status_code >= 400
    assert "1 of 2 parts haven't arrived" in early.get_json()["detail"]

    [first] = sign(program, opened, 1)
    assert put(first) == 200
    for _ in range(2):  # safe to repeat
        assert start(program, opened).status_code == 201
    assert arrived(program, opened) == [1, 2]
    job = site.jobs.require(opened["job_id"])
    stored = site.s3.get_object(Bucket=job.s3_inputs_bucket, Key=job.s3_key_input_file)
    assert stored["Body"].read() == FILE
    assert job.input_size == len(FILE)


def test_should_refuse_a_part_when_it_has_another_size_than_was_signed(program: Program) -> None:
    opened = create(program)
    first, second = sign(program, opened, 1, 2)
    assert put(first) == 200

    assert httpx.put(second["url"], content=b"x" * PART_BYTES).status_code == 403

    assert arrived(program, opened) == [1]
    assert start(program, opened).status_code >= 400


def test_should_refuse_when_the_ticket_is_anothers_or_of_another_job(
    site: Site, program: Program
) -> None:
    opened, other = create(program), Program(site, site.user())
    plain = other.ask("POST /jobs", json={"file_name": "a.vcf", "size": 10}).get_json()
    cases = (
        (other, opened["job_id"], opened["ticket"]),
        (program, str(uuid.uuid4()), opened["ticket"]),
        (other, plain["job_id"], plain["ticket"]),
        (program, opened["job_id"], "made up"),
    )
    for who, job_id, ticket in cases:
        body = {"ticket": ticket, "numbers": [1]}
        answers = (
            who.ask(f"POST /jobs/{job_id}/upload/parts", json=body),
            who.ask(f"GET /jobs/{job_id}/upload", query_string={"ticket": ticket}),
        )
        for answer in answers:
            assert answer.status_code == 400
            assert [each["field"] for each in answer.get_json()["errors"]] == ["ticket"]
    assert start(other, opened).status_code == 400


@pytest.mark.parametrize("numbers", [[0], [3], [-1], [], list(range(1, 102))])
def test_should_refuse_when_there_is_no_part_of_that_number(
    program: Program, numbers: list[int]
) -> None:
    opened = create(program)
    body = {"ticket": opened["ticket"], "numbers": numbers}
    answer = program.ask(f"POST /jobs/{opened['job_id']}/upload/parts", json=body)
    assert answer.status_code == 400
    assert [each["field"] for each in answer.get_json()["errors"]] == ["numbers"]


def test_should_begin_nothing_when_the_plan_does_not_allow_the_size(site: Site) -> None:
    program = Program(site, site.user())
    body = {"file_name": "a.vcf", "size": len(FILE), "multipart": True}
    assert program.ask("POST /jobs", json=body).status_code == 413


def test_should_say_so_when_the_parts_have_been_deleted(site: Site, program: Program) -> None:
    opened = create(program)
    bucket = site.config.inputs_bucket
    for each in site.s3.list_multipart_uploads(Bucket=bucket).get("Uploads", []):
        site.s3.abort_multipart_upload(Bucket=bucket, Key=each["Key"], UploadId=each["UploadId"])

    answer = start(program, opened)

    assert answer.status_code == 400
    assert "The parts have expired" in answer.get_json()["detail"]
