"""GA4GH DRS 1.4: requests for several objects at once."""

import time
from typing import Any

import httpx
import pytest

from runtime.common.api_tokens import Scope
from runtime.common.audit import Action
from runtime.common.job import Job
from runtime.common.jobs.result_states import ResultStates
from runtime.common.users import User
from tests.unit.web.api.client import Program
from tests.unit.web.ga4gh.official import check
from tests.unit.web.site import VCF, Site
from tests.unit.web.variants.results import annotated

DOCUMENT = "drs-1.4.0"
NOBODYS = "0b9a1f0e-6c1d-4a53-9a0e-2f6d5c8e7b41"
OBJECTS, ACCESS = "/objects", "/objects/access"


@pytest.fixture(scope="module")
def owner(site: Site) -> User:
    return site.user()


@pytest.fixture(scope="module")
def job(site: Site, owner: User) -> Job:
    return annotated(site, owner, VCF.decode())


@pytest.fixture(scope="module")
def program(site: Site, owner: User) -> Program:
    return Program(site, owner)


def ask(program: Program, path: str, body: dict[str, Any], status: int = 200) -> Any:
    """Send a request for several objects; the answer is as the official document says."""
    address = f"/ga4gh/drs/v1{path}"
    answer = program.client.post(address, headers=program.headers, json=body)
    assert answer.status_code == status, answer.text
    return check(answer, DOCUMENT, path, "post")


def describe(program: Program, *wanted: str) -> Any:
    return ask(program, OBJECTS, {"bulk_object_ids": list(wanted)})


def addresses(program: Program, *wanted: tuple[str, list[str]]) -> Any:
    ways = [{"bulk_object_id": one, "bulk_access_ids": ids} for one, ids in wanted]
    return ask(program, ACCESS, {"bulk_object_access_ids": ways})


def test_should_describe_each_as_alone_when_several_are_asked_for(
    program: Program, job: Job
) -> None:
    wanted = [job.job_id, f"{job.job_id}.vcf"]
    found = describe(program, *wanted, NOBODYS, "x")
    alone = [
        program.client.get(f"/ga4gh/drs/v1/objects/{each}", headers=program.headers).get_json()
        for each in wanted
    ]
    assert found["resolved_drs_object"] == alone
    assert found["unresolved_drs_objects"] == [{"error_code": 404, "object_ids": [NOBODYS, "x"]}]
    assert found["summary"] == {"requested": 4, "resolved": 2, "unresolved": 2}


def test_should_lead_to_the_bytes_when_several_addresses_are_asked_for(
    program: Program, job: Job
) -> None:
    vcf, log = f"{job.job_id}.vcf", f"{job.job_id}.summary"
    found = addresses(program, (vcf, ["https", "ftp"]), (log, ["https"]), (job.job_id, ["https"]))
    for each, wanted in zip(found["resolved_drs_object_access_urls"], (vcf, log), strict=True):
        assert (each["drs_object_id"], each["drs_access_id"]) == (wanted, "https")
        assert httpx.get(each["url"], timeout=30).is_success
    assert found["unresolved_drs_objects"] == [{"error_code": 404, "object_ids": [vcf, job.job_id]}]


def test_should_find_nothing_when_the_objects_are_another_users(site: Site, job: Job) -> None:
    eve = Program(site, site.user("Eve"))
    vcf = f"{job.job_id}.vcf"
    assert describe(eve, vcf)["unresolved_drs_objects"] == [
        {"error_code": 404, "object_ids": [vcf]}
    ]
    assert addresses(eve, (vcf, ["https"]))["resolved_drs_object_access_urls"] == []
    unscoped = Program(site, site.user(), [Scope.JOBS_READ, Scope.JOBS_WRITE])
    ask(unscoped, OBJECTS, {"bulk_object_ids": [vcf]}, 403)
    ask(Program(site, None), OBJECTS, {"bulk_object_ids": [vcf]}, 401)


def test_should_list_a_result_as_delayed_when_it_is_being_restored(
    site: Site, program: Program, owner: User, job: Job
) -> None:
    states = ResultStates(site.annotations)
    away = states.archived(annotated(site, owner, VCF.decode()), {"vcf": "1"})
    states.restoring(away, due=int(time.time()) + 900)
    found = describe(program, away.job_id, f"{away.job_id}.log", job.job_id)
    assert found["unresolved_drs_objects"] == [{"error_code": 202, "object_ids": [away.job_id]}]
    assert found["summary"]["resolved"] == 2


def test_should_refuse_a_request_when_it_names_more_than_the_service_says(
    site: Site, program: Program
) -> None:
    info = site.visitor().client.get("/ga4gh/drs/v1/service-info").get_json()
    most = info["maxBulkRequestLength"]
    assert describe(program, *["x"] * most)["summary"]["unresolved"] == most
    ask(program, OBJECTS, {"bulk_object_ids": ["x"] * (most + 1)}, 413)
    ways = {"bulk_object_id": "x", "bulk_access_ids": ["https"] * (most + 1)}
    ask(program, ACCESS, {"bulk_object_access_ids": [ways]}, 413)


def test_should_refuse_a_request_when_it_has_passports(program: Program, job: Job) -> None:
    body = {"bulk_object_ids": [job.job_id], "passports": ["eyJ"]}
    assert "passports" in ask(program, OBJECTS, body, 400)["msg"]


def test_should_record_only_what_was_read_when_several_are_asked_for(
    site: Site, owner: User
) -> None:
    ada = site.user("Ada")
    read, archived = (annotated(site, ada, VCF.decode()) for _ in range(2))
    ResultStates(site.annotations).archived(archived, {"vcf": "1"})
    program = Program(site, ada)
    addresses(program, (f"{read.job_id}.vcf", ["https"]), (f"{archived.job_id}.vcf", ["https"]))
    addresses(program, (f"{archived.job_id}.vcf", ["https"]))
    [record] = site.services.audit.all(ada.user_id)
    assert (record.action, record.job_id) == (Action.RESULT_DOWNLOADED, read.job_id)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (OBJECTS, {"bulk_object_ids": ["\ud800"]}),
        (ACCESS, {"bulk_object_access_ids": [{"bulk_object_id": "\ud800", "bulk_access_ids": []}]}),
    ],
    ids=["objects", "access"],
)
def test_should_refuse_an_id_when_it_is_half_a_character(
    program: Program, path: str, body: dict[str, Any]
) -> None:
    ask(program, path, body, status=400)
