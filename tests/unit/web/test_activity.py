"""What is in the audit log after requests, and the page that shows it."""

import csv
import io
import json

import pytest
from botocore.exceptions import ClientError

from runtime.common.audit import Action
from runtime.common.users import User
from tests.unit.web.site import PASSWORD, Site


def actions(site: Site, user: User) -> list[tuple[Action, str | None]]:
    return [
        (each.action, each.job_id) for each in reversed(list(site.services.audit.all(user.user_id)))
    ]


def test_should_record_who_did_what_when_a_user_works(site: Site) -> None:
    user = site.user()
    job = site.job(user)
    browser = site.browser(user)
    browser.get(f"/jobs/{job.job_id}")
    browser.get(f"/jobs/{job.job_id}")
    browser.post(f"/jobs/{job.job_id}/note", note="for the meeting")
    browser.post(f"/jobs/{job.job_id}/cancel")
    browser.post(f"/jobs/{job.job_id}/delete")
    browser.post("/sign-out")
    assert actions(site, user) == [
        (Action.SIGNED_IN, None),
        (Action.RESULT_SEEN, job.job_id),
        (Action.JOB_NOTE_CHANGED, job.job_id),
        (Action.JOB_CANCELLED, job.job_id),
        (Action.JOB_DELETED, job.job_id),
        (Action.SIGNED_OUT, None),
    ]


def test_should_hold_ids_and_no_content(site: Site) -> None:
    user = site.user("Adalbert")
    job = site.job(user, "mueller-anna.vcf")
    browser = site.browser(user)
    browser.get(f"/jobs/{job.job_id}")
    browser.post(f"/jobs/{job.job_id}/note", note="for the meeting")
    written = " ".join(record.model_dump_json() for record in site.services.audit.all(user.user_id))
    for secret in ("mueller", "meeting", user.email, user.name, PASSWORD):
        assert secret not in written
    assert "127.0.0.1" in written


def test_should_record_nothing_when_nothing_happened(site: Site) -> None:
    user, eve = site.user(), site.user("Eve")
    job = site.job(user)
    browser = site.browser(user)
    browser.post("/profile/password", password="wrong", new_password="another good passphrase")
    browser.post("/jobs/chosen/delete")
    site.browser(eve).get(f"/jobs/{job.job_id}")
    assert actions(site, user) == [(Action.SIGNED_IN, None)]
    assert actions(site, eve) == [(Action.SIGNED_IN, None)]


def test_should_record_the_loads_balancers_address_when_the_client_sends_another(
    site: Site,
) -> None:
    user = site.user()
    browser = site.browser(user)
    headers = {"X-Forwarded-For": "203.0.113.9, 198.51.100.4"}
    browser.client.get(f"/jobs/{site.job(user).job_id}", headers=headers)
    latest = next(site.services.audit.all(user.user_id))
    assert latest.address == "198.51.100.4"


def test_should_send_no_result_when_its_record_cant_be_written(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = site.user()
    job = site.job(user)
    browser = site.browser(user)

    def refuse(*_: object, **__: object) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "PutItem")

    monkeypatch.setattr(site.services.audit, "record", refuse)
    site.app.testing = False
    answer = browser.get(f"/jobs/{job.job_id}")
    assert answer.status_code >= 500
    assert job.input_file_name not in answer.text


def test_should_show_the_owner_what_was_done_and_by_whom(site: Site) -> None:
    user, eve = site.user(), site.user("Eve")
    browser = site.browser(user)
    log = site.services.audit
    log.record(user.user_id, Action.RESULT_SEEN, actor=eve.user_id, address="192.0.2.7")
    log.record(user.user_id, Action.JOB_GIVEN_UP, actor=eve.user_id, address="192.0.2.7")
    page = browser.get("/profile/activity").text
    assert "Signed in" in page
    assert eve.email in page
    assert "The operator of this site" in page


def test_should_page_back_when_there_is_more_than_a_page(site: Site) -> None:
    user = site.user()
    browser = site.browser(user)
    for _ in range(50):
        site.services.audit.record(
            user.user_id, Action.NAME_CHANGED, actor=user.user_id, address="192.0.2.7"
        )
    first = browser.get("/profile/activity").text
    assert "Signed in" not in first
    before = first.partition("before=")[2].partition('"')[0]
    assert "Signed in" in browser.get(f"/profile/activity?before={before}").text
    assert browser.get("/profile/activity?before=x").status_code == 404


def test_should_export_the_same_as_csv_and_json(site: Site) -> None:
    user = site.user()
    browser = site.browser(user)
    rows = list(csv.DictReader(io.StringIO(browser.get("/profile/activity/log.csv").text)))
    lines = browser.get("/profile/activity/log.jsonl").text.splitlines()
    records = [json.loads(line) for line in lines]
    assert rows[-1]["action"] == records[-1]["action"] == "account.signed-in"
    assert rows[-1]["by"] == "you"
    assert records[0]["action"] == "account.audit-exported"
