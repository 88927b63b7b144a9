"""What owners do to their jobs, by forms and by scripts."""

import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from loadtest.roles import change_role
from runtime.common.job import Job
from runtime.common.messages import Removal
from runtime.common.users import Role, User
from runtime.contract.job_status import JobStatus
from runtime.web.services.removal_requests import RELEASE_SECONDS
from tests.unit.web.job_states import completed, failed, running
from tests.unit.web.site import VCF, Browser, Site


def with_input(site: Site, job: Job, body: bytes = VCF) -> Job:
    """Put the file of a job into the inputs bucket."""
    site.s3.put_object(Bucket=site.config.inputs_bucket, Key=job.s3_key_input_file, Body=body)
    return job


def job_at(site: Site, address: str) -> Job:
    return site.jobs.require(address.rsplit("/", 1)[1])


def test_should_end_the_job_and_show_it_when_a_waiting_job_is_cancelled(
    site: Site, user: User, browser: Browser
) -> None:
    job = site.job(user)
    assert "Cancel this job" in browser.get(f"/jobs/{job.job_id}").text
    answer = browser.post_form(f"/jobs/{job.job_id}/cancel")
    assert (answer.status_code, answer.location) == (303, f"/jobs/{job.job_id}")
    assert site.jobs.require(job.job_id).cancelled
    page = browser.get(answer.location).text
    assert "You cancelled this job" in page
    assert "Cancel this job" not in page
    for shown in (page, browser.get("/jobs").text):
        assert re.search(r'class="state state-CANCELLED">.*?Cancelled', shown, re.DOTALL)


def test_should_say_that_it_stops_when_a_running_job_is_cancelled(
    site: Site, user: User, browser: Browser
) -> None:
    job = running(site, user, 43)
    assert browser.post_form(f"/jobs/{job.job_id}/cancel").status_code == 303
    assert site.jobs.require(job.job_id).job_status is JobStatus.RUNNING
    page = browser.get(f"/jobs/{job.job_id}").text
    assert "The annotator stops within seconds" in page
    assert "Cancel this job" not in page
    status = browser.get(f"/jobs/{job.job_id}/status").get_json()
    assert (status["cancel_requested"], status["headline"]) == (True, "Cancelling")


def test_should_say_that_it_had_ended_when_the_wish_to_cancel_comes_too_late(
    site: Site, user: User, browser: Browser
) -> None:
    job = completed(site, user)
    answer = browser.post_form(f"/jobs/{job.job_id}/cancel")
    assert "The job had already ended" in browser.get(answer.location).text
    assert site.jobs.require(job.job_id) == job


def test_should_ask_and_then_hide_the_job_when_it_is_deleted(
    site: Site, user: User, browser: Browser
) -> None:
    job = completed(site, user)
    site.removal_messages()  # of earlier tests
    question = browser.get(f"/jobs/{job.job_id}/delete").text
    assert "Delete this job?" in question
    assert f'action="/jobs/{job.job_id}/delete"' in question
    assert site.jobs.get(job.job_id) == job
    assert site.removal_messages() == []

    answer = browser.post_form(f"/jobs/{job.job_id}/delete")
    assert (answer.status_code, answer.location) == (303, "/jobs")
    assert site.removal_messages() == [Removal(user_id=user.user_id, job_id=job.job_id)]
    page = browser.get("/jobs").text
    assert "sample.vcf and its results have been deleted" in page
    assert "No jobs yet" in page
    assert "are deleted" not in browser.get("/jobs").text
    for path in ("", "/status", "/log", "/download", "/summary.json", "/delete"):
        assert browser.get(f"/jobs/{job.job_id}{path}").status_code == 404


def test_should_keep_the_job_when_nobody_could_be_told_to_delete_its_files(
    own_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = own_site.user()
    job, browser = own_site.job(user), own_site.browser(user)

    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "ServiceUnavailable"}}, "SendMessage")

    monkeypatch.setattr(own_site.services.job_changes.removal.removals.sqs, "send_message", refuse)
    assert browser.post_form(f"/jobs/{job.job_id}/delete").status_code == 503
    assert own_site.jobs.get(job.job_id) == job


def test_should_give_the_annotator_time_to_let_go_when_a_running_job_is_deleted(
    own_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = own_site.user()
    browser, delays = own_site.browser(user), []

    def note(**message: Any) -> None:
        delays.append(message["DelaySeconds"])

    monkeypatch.setattr(own_site.services.job_changes.removal.removals.sqs, "send_message", note)
    for job in (own_site.job(user), running(own_site, user, 43)):
        browser.post_form(f"/jobs/{job.job_id}/delete")
    assert delays == [0, RELEASE_SECONDS]


def test_should_be_deleted_when_the_removal_process_was_quicker(
    own_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = own_site.user()
    job, browser, jobs = own_site.job(user), own_site.browser(user), own_site.jobs

    def remove_at_once(**_: object) -> None:
        jobs.remove(job.job_id, user.user_id)
        jobs.erase(job.job_id)

    monkeypatch.setattr(
        own_site.services.job_changes.removal.removals.sqs, "send_message", remove_at_once
    )
    answer = browser.post_form(f"/jobs/{job.job_id}/delete")
    assert (answer.status_code, answer.location) == (303, "/jobs")


def test_should_make_another_job_of_the_same_input_when_it_runs_again(
    site: Site, user: User, browser: Browser
) -> None:
    old = with_input(site, failed(site, user, "The annotation engine crashed."))
    site.jobs.set_note(old.job_id, user.user_id, "Trio 7")
    site.requests.published()
    answer = browser.post_form(f"/jobs/{old.job_id}/again")
    assert answer.status_code == 303
    new = job_at(site, answer.location)
    assert new.job_id != old.job_id
    assert (new.job_status, new.note, new.input_size) == (JobStatus.PENDING, "Trio 7", len(VCF))
    assert new.s3_key_input_file == old.s3_key_input_file
    assert [json.loads(body)["job_id"] for body in site.requests.published()] == [new.job_id]


def test_should_say_that_the_file_expired_when_it_can_not_run_again(
    site: Site, user: User, browser: Browser
) -> None:
    old = failed(site, user, "No.")
    answer = browser.post_form(f"/jobs/{old.job_id}/again")
    assert answer.status_code == 410
    assert "has expired" in answer.text
    assert 'href="/upload"' in answer.text
    assert len(site.jobs.list_for_user(user.user_id).jobs) == 1


def test_should_hold_to_the_plan_of_today_when_it_runs_again(site: Site) -> None:
    premium = site.user(role=Role.PREMIUM_USER)
    large = b"x" * (site.config.free_max_upload_bytes + 1)
    old = with_input(site, failed(site, premium, "No."), large)
    change_role(site.users, premium.user_id, Role.FREE_USER)
    answer = site.browser(premium).post_form(f"/jobs/{old.job_id}/again")
    assert answer.status_code == 413
    assert "your plan allows" in answer.text


def test_should_keep_the_note_when_one_is_written_and_take_it_away_when_empty(
    site: Site, user: User, browser: Browser
) -> None:
    job = site.job(user)
    path = f"/jobs/{job.job_id}"
    assert browser.post_form(f"{path}/note", note=" Mother <of> 7 ").status_code == 303
    assert "Mother &lt;of&gt; 7" in browser.get(path).text
    assert "Mother &lt;of&gt; 7" in browser.get("/jobs").text
    assert browser.post_form(f"{path}/note", note="x" * 501).status_code == 400
    # As long as the form lets one write it; browsers send a line's end as two characters.
    longest = "x" * 250 + "\r\n" + "x" * 249
    assert browser.post_form(f"{path}/note", note=longest).status_code == 303
    assert len(site.jobs.require(job.job_id).note) == 500
    browser.post_form(f"{path}/note", note="Mother <of> 7")
    assert site.jobs.require(job.job_id).note == "Mother <of> 7"
    browser.post_form(f"{path}/note", note="")
    assert site.jobs.require(job.job_id).note == ""


def test_should_answer_json_when_a_script_changes_a_job(
    site: Site, user: User, browser: Browser
) -> None:
    job = with_input(site, site.job(user))
    url = f"/jobs/{job.job_id}"
    cancelled = browser.post_json(f"{url}/cancel", {})
    assert (cancelled.status_code, cancelled.get_json()["url"]) == (200, url)
    again = browser.post_json(f"{url}/again", {})
    assert again.status_code == 201
    assert again.get_json()["url"] != url
    assert browser.post_json(f"{url}/delete", {}).get_json()["url"] == "/jobs"
    assert site.removal_messages()
