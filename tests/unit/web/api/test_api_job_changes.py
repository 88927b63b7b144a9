"""Waiting for jobs, and changing them, by the API."""

import uuid

import pytest

from runtime.common.job import Job, JobState
from runtime.web.services.job_wait import MOST_SECONDS, MOST_WAITS, JobWaits
from tests.unit.web.api.client import Program
from tests.unit.web.site import VCF, Site


def uploaded_job(site: Site, program: Program) -> str:
    opened = program.ask("POST /jobs", json={"file_name": "a.vcf", "size": len(VCF)}).get_json()
    site.s3.put_object(
        Bucket=site.config.inputs_bucket, Key=opened["upload"]["fields"]["key"], Body=VCF
    )
    body = {"ticket": opened["ticket"]}
    assert program.ask(f"POST /jobs/{opened['job_id']}/start", json=body).status_code == 201
    return str(opened["job_id"])


def test_should_cancel_once_when_a_job_waits(site: Site) -> None:
    program = Program(site, site.user())
    job_id = uploaded_job(site, program)
    assert program.ask(f"POST /jobs/{job_id}/cancel").get_json()["state"] == "CANCELLED"
    again = program.ask(f"POST /jobs/{job_id}/cancel")
    assert again.status_code == 409
    assert "already ended" in again.get_json()["detail"]


def test_should_make_another_job_when_asked_to_run_again(site: Site) -> None:
    program = Program(site, site.user())
    job_id = uploaded_job(site, program)
    made = program.ask(f"POST /jobs/{job_id}/again")
    assert made.status_code == 201
    assert made.get_json()["job_id"] != job_id
    refused = program.ask(f"POST /jobs/{job_id}/again", json={"reference": "unknown"})
    assert refused.status_code == 400
    assert [each["field"] for each in refused.get_json()["errors"]] == ["reference"]


def test_should_answer_409_when_the_file_of_another_run_is_gone(site: Site) -> None:
    user = site.user()
    job = site.job(user)
    assert Program(site, user).ask(f"POST /jobs/{job.job_id}/again").status_code == 409


def test_should_hide_a_job_when_it_is_deleted(site: Site) -> None:
    program = Program(site, site.user())
    job_id = uploaded_job(site, program)
    assert program.ask(f"DELETE /jobs/{job_id}").status_code == 204
    assert program.ask(f"GET /jobs/{job_id}").status_code == 404
    assert job_id in {message.job_id for message in site.removal_messages()}


def test_should_answer_at_once_when_the_job_is_not_in_the_known_state(site: Site) -> None:
    program = Program(site, site.user())
    job_id = uploaded_job(site, program)
    found = program.ask(f"GET /jobs/{job_id}/wait?timeout=30&since=RUNNING").get_json()
    assert found["state"] == "PENDING"


class Steps:
    """A clock that moves when somebody sleeps, and a job that is gone after some looks."""

    def __init__(self, job: Job, *, looks: int) -> None:
        self.job, self.left, self.now = job, looks, 0.0

    def get(self, _job_id: str) -> Job | None:
        self.left -= 1
        return self.job if self.left > 0 else None

    def waits(self) -> JobWaits:
        return JobWaits(self.get, sleep=self.sleep, clock=lambda: self.now)

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def job(site: Site) -> Job:
    return site.job(site.user())


def test_should_end_a_wait_in_time_when_nothing_happens(job: Job) -> None:
    steps = Steps(job, looks=1000)
    assert steps.waits().wait(job, since=JobState.PENDING, seconds=3).job == job
    assert steps.now == 3
    assert steps.waits().wait(job, since=JobState.PENDING, seconds=1000).job == job
    assert steps.now == 3 + MOST_SECONDS


def test_should_look_soon_and_then_once_a_second_when_a_job_goes_on(job: Job) -> None:
    steps = Steps(job, looks=2)
    assert steps.waits().wait(job, since=JobState.PENDING, seconds=20).job is None
    assert steps.now < 0.5
    steps = Steps(job, looks=1000)
    steps.waits().wait(job, since=JobState.PENDING, seconds=20)
    assert 1000 - steps.left < 25  # a long wait reads the job once a second


def test_should_not_wait_when_the_job_is_not_in_the_known_state(job: Job) -> None:
    steps = Steps(job, looks=1000)
    assert steps.waits().wait(job, since=JobState.RUNNING, seconds=20).job == job
    assert steps.now == 0


def test_should_end_a_wait_when_the_job_is_deleted(job: Job) -> None:
    steps = Steps(job, looks=2)
    assert steps.waits().wait(job, since=JobState.PENDING, seconds=20).job is None


def test_should_answer_at_once_when_too_many_wait(site: Site, job: Job) -> None:
    waits = site.services.job_waits
    for _ in range(MOST_WAITS):
        waits.places.acquire()
    try:
        user = site.services.users.get(job.user_id)
        assert user
        answer = Program(site, user).ask(f"GET /jobs/{job.job_id}/wait?timeout=30")
    finally:
        for _ in range(MOST_WAITS):
            waits.places.release()
    assert answer.get_json()["job_id"] == job.job_id
    assert int(answer.headers["Retry-After"]) > 0


def test_should_show_the_plan_and_the_token_when_an_account_asks(site: Site) -> None:
    user = site.user()
    found = Program(site, user).ask("GET /account").get_json()
    assert found["email"] == user.email
    assert found["plan"] == "Free"
    assert found["limits"]["max_upload_bytes"] == site.config.free_max_upload_bytes
    assert "jobs:read" in found["token"]["scopes"]


def test_should_list_references_with_contigs_when_these_are_asked_for(site_of_two: Site) -> None:
    program = Program(site_of_two, site_of_two.user())
    short, full = (
        program.ask(f"GET /references{query}").get_json()["items"]
        for query in ("", "?contigs=true")
    )
    assert [each["default"] for each in short] == [True, False]
    assert [each["contigs"] for each in short] == [None, None]
    assert full[0]["contigs"][0]["length"] == 16_569


def test_should_answer_404_when_a_job_id_is_no_id(site: Site) -> None:
    program = Program(site, site.user())
    assert program.ask("GET /jobs/x").status_code == 404
    assert program.ask(f"GET /jobs/{uuid.uuid4()}/wait").status_code == 404
