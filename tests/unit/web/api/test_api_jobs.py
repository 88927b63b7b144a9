"""Jobs by the API."""

import uuid

import pytest
from botocore.exceptions import EndpointConnectionError

from runtime.web.api import rate_limits
from runtime.web.services.rate_limit import HOUR, RateLimit
from tests.unit.web.api.client import Program
from tests.unit.web.site import VCF, Site, send


def test_should_make_a_job_when_its_file_was_sent(site: Site) -> None:
    program = Program(site, site.user())
    opened = program.ask("POST /jobs", json={"file_name": "a.vcf", "size": len(VCF)}).get_json()
    assert send(opened["upload"], VCF).status_code == 204
    body = {"ticket": opened["ticket"], "note": "trio"}
    for _ in range(2):  # safe to repeat
        started = program.ask(f"POST /jobs/{opened['job_id']}/start", json=body)
        assert started.status_code == 201
    job = program.ask(f"GET /jobs/{opened['job_id']}").get_json()
    assert job["state"] == "PENDING"
    assert job["size"] == len(VCF)
    assert job["note"] == "trio"
    assert job["queue"]["position"] >= 1
    listed = program.ask("GET /jobs").get_json()
    assert [each["job_id"] for each in listed["items"]] == [opened["job_id"]]


def test_should_refuse_a_start_when_the_ticket_is_of_another_job(site: Site) -> None:
    program = Program(site, site.user())
    opened = program.ask("POST /jobs", json={"file_name": "a.vcf", "size": len(VCF)}).get_json()
    answer = program.ask(f"POST /jobs/{uuid.uuid4()}/start", json={"ticket": opened["ticket"]})
    assert answer.status_code == 400
    assert [each["field"] for each in answer.get_json()["errors"]] == ["ticket"]


def test_should_lead_to_all_jobs_when_a_list_has_parts(site: Site) -> None:
    user = site.user()
    made = [site.job(user, submitted=1_700_000_000 + each).job_id for each in range(3)]
    program = Program(site, user)
    first = program.ask("GET /jobs?limit=2").get_json()
    second = program.ask(f"GET /jobs?limit=2&cursor={first['next_cursor']}").get_json()
    found = [each["job_id"] for each in first["items"] + second["items"]]
    assert found == made[::-1]
    assert second["next_cursor"] is None


def test_should_name_the_fields_when_a_body_does_not_fit(site: Site) -> None:
    answer = Program(site, site.user()).ask("POST /jobs", json={"file_name": "a.vcf", "sise": 3})
    assert answer.status_code == 400
    assert {each["field"] for each in answer.get_json()["errors"]} == {"size", "sise"}


def test_should_answer_with_a_problem_when_a_request_is_odd(site: Site) -> None:
    program = Program(site, site.user())
    answers = {
        404: program.ask("GET /nothing"),
        405: program.ask("PUT /jobs"),
        415: program.ask("POST /jobs", data="file_name=a.vcf"),
        400: program.ask("POST /jobs", data="{", content_type="application/json"),
        413: program.ask("POST /jobs", json={"file_name": "a" * 20_000, "size": 1}),
    }
    for status, answer in answers.items():
        problem = answer.get_json()
        assert answer.status_code == problem["status"] == status
        assert answer.mimetype == "application/problem+json"
    assert "POST" in answers[405].headers["Allow"]


def test_should_say_what_is_left_of_the_limit_when_a_token_asks(site: Site) -> None:
    program = Program(site, site.user())
    answers = [program.ask("GET /jobs"), program.ask("GET /jobs?limit=0")]
    left = [int(answer.headers["RateLimit-Remaining"]) for answer in answers]
    assert left[0] - left[1] in (1, 1 - int(answers[0].headers["RateLimit-Limit"]))


def test_should_say_when_to_come_back_when_a_token_has_used_up_its_minute(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "REQUESTS", RateLimit("few", attempts=1, seconds=HOUR))
    program = Program(site, site.user())
    assert program.ask("GET /jobs").status_code == 200
    refused = program.ask("GET /jobs")
    assert refused.status_code == refused.get_json()["status"] == 429
    assert refused.headers["RateLimit-Remaining"] == "0"
    assert 0 < int(refused.headers["Retry-After"]) <= HOUR


@pytest.mark.parametrize(
    ("error", "status"),
    [(EndpointConnectionError(endpoint_url="http://x"), 503), (RuntimeError("secret"), 500)],
)
def test_should_answer_with_a_problem_when_a_part_of_the_service_fails(
    own_site: Site, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    program = Program(own_site, own_site.user())
    monkeypatch.setattr(type(own_site.services.jobs), "list_for_user", fail)
    answer = program.ask("GET /jobs")
    assert answer.status_code == answer.get_json()["status"] == status
    assert answer.mimetype == "application/problem+json"
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("colour=red", "colour: there is no such field."),
        ("state=RUNING", "state: Input should be 'PENDING'"),
        ("limit=0&colour=red", "limit: "),
    ],
)
def test_should_say_what_is_wrong_of_each_field_when_a_query_has_faults(
    site: Site, query: str, said: str
) -> None:
    answer = Program(site, site.user()).ask(f"GET /jobs?{query}")
    assert answer.status_code == 400
    assert said in answer.get_json()["detail"]
    assert "Value error" not in answer.text


def test_should_say_our_sentence_alone_when_a_reference_is_not_offered(site: Site) -> None:
    body = {"file_name": "a.vcf", "size": 9, "reference": "hg99"}
    detail = Program(site, site.user()).ask("POST /jobs", json=body).get_json()["detail"]
    assert "hg99" in detail
    assert not detail.startswith("reference")
    assert detail.endswith(".")
    assert ".." not in detail
