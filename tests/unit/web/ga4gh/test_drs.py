"""GA4GH DRS 1.4 over the files of results."""

import hashlib
import time

import httpx
import pytest
from jsonschema import ValidationError
from werkzeug.test import TestResponse

from runtime.common.api_tokens import Scope
from runtime.common.job import Job
from runtime.common.jobs.result_states import ResultStates
from runtime.common.users import User
from tests.unit.web.api.client import Program
from tests.unit.web.ga4gh.official import check
from tests.unit.web.site import SITE_URL, VCF, Site
from tests.unit.web.variants.results import annotated

DOCUMENT = "drs-1.4.0"
OBJECT, ACCESS = "/objects/{object_id}", "/objects/{object_id}/access/{access_id}"
HOST = SITE_URL.partition("://")[2]
NOBODYS = "0b9a1f0e-6c1d-4a53-9a0e-2f6d5c8e7b41"


@pytest.fixture(scope="module")
def owner(site: Site) -> User:
    return site.user()


@pytest.fixture(scope="module")
def job(site: Site, owner: User) -> Job:
    return annotated(site, owner, VCF.decode(), "My (1) sample.vcf")


@pytest.fixture(scope="module")
def program(site: Site, owner: User) -> Program:
    return Program(site, owner)


def ask(program: Program, path: str) -> TestResponse:
    return program.client.get(f"/ga4gh/drs/v1{path}", headers=program.headers)


def test_should_lead_from_a_result_to_every_byte_when_a_client_resolves_it(
    program: Program, job: Job
) -> None:
    whole = check(ask(program, f"/objects/{job.job_id}"), DOCUMENT, OBJECT)
    sizes, digests = [], []
    for each in whole["contents"]:
        [uri] = each["drs_uri"]
        wanted = uri.removeprefix(f"drs://{HOST}/")
        blob = check(ask(program, f"/objects/{wanted}"), DOCUMENT, OBJECT)
        assert (blob["id"], blob["self_uri"], blob["name"]) == (each["id"], uri, each["name"])
        [way] = blob["access_methods"]
        address = ask(program, f"/objects/{wanted}/access/{way['access_id']}")
        body = httpx.get(check(address, DOCUMENT, ACCESS)["url"], timeout=30).content
        digest = hashlib.sha256(body).hexdigest()
        assert blob["checksums"] == [{"checksum": digest, "type": "sha-256"}]
        assert blob["size"] == len(body)
        sizes.append(len(body))
        digests.append(digest)
    assert whole["size"] == sum(sizes)
    of_all = hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()
    assert whole["checksums"] == [{"checksum": of_all, "type": "sha-256"}]
    assert {each["name"] for each in whole["contents"]} >= {"My__1__sample.annot.vcf.gz"}


def test_should_name_the_etag_when_a_result_is_older_than_its_checksums(
    site: Site, program: Program, owner: User
) -> None:
    job = annotated(site, owner, VCF.decode())
    etag = site.s3.put_object(
        Bucket=site.config.results_bucket, Key=job.result_keys.vcf, Body=b"older"
    )["ETag"]
    found = check(ask(program, f"/objects/{job.job_id}.vcf"), DOCUMENT, OBJECT)
    assert found["checksums"] == [{"checksum": etag.strip('"'), "type": "etag"}]


def test_should_keep_a_result_from_others_when_they_know_its_id(site: Site, job: Job) -> None:
    other, guest = Program(site, site.user("Eve")), Program(site, None)
    unscoped = Program(site, site.user(), [Scope.JOBS_READ, Scope.JOBS_WRITE])
    for path in (f"/objects/{job.job_id}", f"/objects/{job.job_id}.vcf"):
        foreign = check(ask(other, path), DOCUMENT, OBJECT)
        assert foreign["status_code"] == 404
        assert check(ask(guest, path), DOCUMENT, OBJECT)["status_code"] == 401
        assert check(ask(unscoped, path), DOCUMENT, OBJECT)["status_code"] == 403
        assert check(ask(other, f"{path}/access/https"), DOCUMENT, ACCESS)["status_code"] == 404


@pytest.mark.parametrize("wanted", ["x", NOBODYS, f"{NOBODYS}.vcf", f"{NOBODYS}.input", "a%00b"])
def test_should_answer_404_when_there_is_no_such_object(program: Program, wanted: str) -> None:
    found = check(ask(program, f"/objects/{wanted}"), DOCUMENT, OBJECT)
    assert found["status_code"] == 404


@pytest.mark.parametrize("path", ["/access/https", ".vcf/access/ftp", ".genotypes/access/https"])
def test_should_answer_404_when_an_object_has_no_such_way(
    program: Program, job: Job, path: str
) -> None:
    check(ask(program, f"/objects/{job.job_id}{path}"), DOCUMENT, ACCESS)
    assert ask(program, f"/objects/{job.job_id}{path}").status_code == 404


def test_should_say_when_to_ask_again_when_a_result_is_being_restored(
    site: Site, program: Program, owner: User
) -> None:
    states = ResultStates(site.annotations)
    job = states.archived(annotated(site, owner, VCF.decode()), {"vcf": "1"})
    gone = ask(program, f"/objects/{job.job_id}.vcf")
    assert "archived" in check(gone, DOCUMENT, OBJECT)["msg"]
    assert gone.status_code == 404
    states.restoring(job, due=int(time.time()) + 900)
    for path in (f"/objects/{job.job_id}", f"/objects/{job.job_id}.vcf"):
        answer = ask(program, path)
        check(answer, DOCUMENT, OBJECT)
        assert answer.status_code == 202
        assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert ask(program, f"/objects/{job.job_id}.log").status_code == 200


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/ga4gh/drs/v1/service-info", DOCUMENT),
        ("/service-info", "service-info-1.0.0"),
    ],
)
def test_should_describe_itself_when_anybody_asks(site: Site, path: str, document: str) -> None:
    answer = site.visitor().client.get(path)
    assert check(answer, document, "/service-info")["environment"] == "test"


def test_should_list_each_service_where_it_answers_when_anybody_asks(site: Site) -> None:
    client = site.visitor().client
    for each in client.get("/services").get_json()["services"]:
        path = each.pop("url").removeprefix(SITE_URL)
        own = client.get(f"{path}/service-info").get_json()
        assert each.items() <= own.items()


def test_should_refuse_an_answer_when_it_is_not_as_the_official_document_says(
    program: Program, job: Job
) -> None:
    with pytest.raises(ValidationError):
        check(ask(program, "/service-info"), DOCUMENT, OBJECT)
