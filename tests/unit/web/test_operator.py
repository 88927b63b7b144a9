"""The operator's pages."""

import re

import pytest

from runtime.common.account_standing import AccountStanding
from runtime.common.audit import Action
from runtime.common.messages import JobRequest
from runtime.common.users import User, UserChanged
from runtime.contract.job_status import FailureKind, JobStatus
from runtime.web import fresh_password
from tests.unit.web.site import PASSWORD, VCF, Browser, Site


@pytest.fixture
def operator(site: Site) -> User:
    user = site.user("Olga")
    return AccountStanding(site.users).make_operator(user.user_id)


@pytest.fixture
def browser(site: Site, operator: User) -> Browser:
    browser = site.browser(operator)
    answer = browser.post("/operator/confirm", password=PASSWORD)
    assert answer.status_code == 303
    return browser


def actions(site: Site, user_id: str) -> set[Action]:
    return {record.action for record in site.services.audit.all(user_id)}


def test_should_ask_for_the_password_when_it_isnt_fresh(
    site: Site, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, other = site.job(site.user()), site.user("Eve")
    browser = site.browser(operator)
    paths = [f"/operator/jobs/{job.job_id}/redrive", f"/operator/accounts/{other.user_id}/suspend"]
    for answer in (browser.post(path) for path in paths):
        assert (answer.status_code, answer.location) == (303, "/operator/confirm")
    assert browser.post("/operator/confirm", password="wrong").status_code == 422
    assert browser.get("/operator").status_code == 303
    browser.post("/operator/confirm", password=PASSWORD)
    assert browser.get("/operator").status_code == 200
    monkeypatch.setattr(fresh_password, "FRESH_SECONDS", 0)
    assert browser.get("/operator").status_code == 303
    found = site.services.users.get(other.user_id)
    assert found is not None
    assert found.suspended_at is None


def test_should_lead_to_the_page_that_was_asked_for_when_the_password_is_right(
    site: Site, operator: User
) -> None:
    browser = site.browser(operator)
    asked = browser.get("/operator/accounts?account=x")
    assert asked.location == "/operator/confirm?next=/operator/accounts?account%3Dx"
    assert 'value="/operator/accounts?account=x"' in browser.get(asked.location).text
    for target, reached in (("/operator/figures", "/operator/figures"), ("//evil.org", "/jobs")):
        answer = browser.post("/operator/confirm", password=PASSWORD, next=target)
        assert answer.location == reached


def test_should_find_an_account_by_its_address_or_its_id(site: Site, browser: Browser) -> None:
    user = site.user()
    job = site.job(user)
    for asked in (user.email, user.user_id):
        assert user.email in browser.get(f"/operator/accounts?account={asked}").text
    link = f'href="/operator/accounts?account={user.user_id}"'
    assert link in browser.get("/operator").text
    none = browser.get(f"/operator/accounts?account={job.job_id}").text
    assert "No account has this address or id" in none
    assert browser.get(f"/operator/accounts?account={'x' * 3000}").status_code == 200


def test_should_lead_operators_alone_to_their_pages(site: Site, browser: Browser) -> None:
    assert 'href="/operator"' in browser.get("/profile").text
    assert 'href="/operator"' not in site.browser(site.user()).get("/profile").text


def test_should_list_open_jobs_without_names_of_files_when_an_operator_looks(
    site: Site, browser: Browser
) -> None:
    job = site.job(site.user(), "mueller-anna.vcf", submitted=1_600_000_000)
    page = browser.get("/operator").text
    assert job.job_id in page
    assert re.search(r"Pending, stuck", page)
    assert "mueller" not in page
    assert browser.get(f"/jobs/{job.job_id}").status_code == 404


def test_should_request_a_job_again_and_tell_both_logs(
    site: Site, browser: Browser, operator: User
) -> None:
    owner = site.user()
    job = site.job(owner)
    site.requests.published()
    assert browser.post(f"/operator/jobs/{job.job_id}/redrive").status_code == 303
    assert [JobRequest.from_body(each).job_id for each in site.requests.published()] == [job.job_id]
    assert Action.JOB_REDRIVEN in actions(site, owner.user_id) & actions(site, operator.user_id)


def test_should_end_a_job_with_the_reason_when_it_is_given_up(site: Site, browser: Browser) -> None:
    owner = site.user()
    job = site.job(owner)
    path = f"/operator/jobs/{job.job_id}/give-up"
    assert browser.post(path, reason=" ").status_code == 400
    site.requests.published()
    assert browser.post(path, reason="Your file is too deep.").status_code == 303
    ended = site.jobs.require(job.job_id)
    assert (ended.job_status, ended.failure) == (JobStatus.FAILED, FailureKind.GIVEN_UP)
    assert ended.error == "Your file is too deep."
    # Whoever takes it announces the end, so that the owner gets an email.
    assert [JobRequest.from_body(each).job_id for each in site.requests.published()] == [job.job_id]
    assert browser.post(path, reason="Again.").status_code == 404
    assert Action.JOB_GIVEN_UP in actions(site, owner.user_id)


def test_should_refuse_a_suspended_user_until_the_suspension_ends(
    site: Site, browser: Browser
) -> None:
    user = site.user()
    theirs = site.browser(user)
    assert browser.post(f"/operator/accounts/{user.user_id}/suspend").status_code == 303
    assert theirs.get("/jobs").status_code == 303
    refused = site.visitor().sign_in(user.email)
    assert refused.status_code == 422
    assert "suspended" in refused.text
    assert "match" in site.visitor().sign_in(user.email, "wrong").text
    assert browser.post(f"/operator/accounts/{user.user_id}/resume").status_code == 303
    assert site.browser(user).get("/jobs").status_code == 200
    both = {Action.ACCOUNT_SUSPENDED, Action.ACCOUNT_RESUMED}
    assert both <= actions(site, user.user_id)


def test_should_end_the_jobs_that_wait_and_no_other_when_an_account_is_suspended(
    site: Site, browser: Browser
) -> None:
    user = site.user()
    waiting, begun, others = site.job(user), site.job(user), site.job(site.user())
    site.s3.put_object(Bucket=site.config.inputs_bucket, Key=waiting.s3_key_input_file, Body=VCF)
    site.jobs.claim(begun.job_id, lease_seconds=60)
    site.requests.published()
    page = browser.get(browser.post(f"/operator/accounts/{user.user_id}/suspend").location).text
    assert "1 waiting job ended" in page
    ended = site.jobs.require(waiting.job_id)
    assert (ended.job_status, ended.failure) == (JobStatus.FAILED, FailureKind.GIVEN_UP)
    assert "suspended your account" in str(ended.error)
    # Whoever takes it announces the end.
    published = [JobRequest.from_body(each).job_id for each in site.requests.published()]
    assert published == [waiting.job_id]
    assert site.jobs.require(begun.job_id).job_status is JobStatus.RUNNING
    assert site.jobs.require(others.job_id).job_status is JobStatus.PENDING
    browser.post(f"/operator/accounts/{user.user_id}/resume")
    assert "Run again" in site.browser(user).get(f"/jobs/{waiting.job_id}").text


def test_should_end_a_job_when_its_account_is_suspended_while_it_is_made(site: Site) -> None:
    user = site.user()
    theirs = site.browser(user)
    earlier, ticket = site.job(user), theirs.upload()
    site.s3.put_object(Bucket=site.config.inputs_bucket, Key=earlier.s3_key_input_file, Body=VCF)
    AccountStanding(site.users).suspend(user.user_id)
    # The requests have read the account before.
    made = site.services.uploads.submit(user, ticket)
    again = site.services.uploads.submit_again(user, earlier)
    for job in (made, again):
        ended = site.jobs.require(job.job_id)
        assert ended.job_status is JobStatus.FAILED
        assert "suspended your account" in str(ended.error)


def test_should_tell_both_logs_when_an_operator_looks_at_an_account(
    site: Site, browser: Browser, operator: User
) -> None:
    user = site.user()
    for address in ("", "nobody@example.org"):
        browser.get(f"/operator/accounts?account={address}")
    assert Action.ACCOUNT_SEEN not in actions(site, operator.user_id)
    for _ in range(2):
        assert browser.get(f"/operator/accounts?account={user.email}").status_code == 200
    [record] = [
        each for each in site.services.audit.all(user.user_id) if each.action is Action.ACCOUNT_SEEN
    ]
    assert record.actor == operator.user_id
    assert Action.ACCOUNT_SEEN in actions(site, operator.user_id)


def test_should_record_that_an_operator_looked_at_the_open_jobs(
    site: Site, browser: Browser, operator: User
) -> None:
    owner = site.user()
    site.job(owner)
    browser.get("/operator")
    assert Action.OPEN_JOBS_SEEN in actions(site, operator.user_id)
    assert Action.OPEN_JOBS_SEEN not in actions(site, owner.user_id)


def test_should_erase_an_account_only_when_its_address_was_typed(
    site: Site, browser: Browser
) -> None:
    user = site.user()
    path = f"/operator/accounts/{user.user_id}/erase"
    site.removal_messages()
    assert browser.post(path, email="another@example.org").status_code == 400
    assert site.removal_messages() == []
    assert browser.post(path, email=user.email).status_code == 303
    assert [message.user_id for message in site.removal_messages()] == [user.user_id]
    assert site.visitor().sign_in(user.email).status_code == 422
    assert Action.ACCOUNT_ERASED in actions(site, user.user_id)


def test_should_leave_an_operators_account_alone(
    site: Site, browser: Browser, operator: User
) -> None:
    for verb in ("suspend", "erase"):
        path = f"/operator/accounts/{operator.user_id}/{verb}"
        assert browser.post(path, email=operator.email).status_code == 409
    assert browser.get("/operator").status_code == 200


def test_should_end_the_role_at_once_when_it_is_removed(
    site: Site, browser: Browser, operator: User
) -> None:
    AccountStanding(site.users).end_operator(operator.user_id)
    assert browser.get("/operator").status_code == 404
    assert site.browser(operator).get("/operator").status_code == 404


def test_should_refuse_the_role_when_the_address_isnt_confirmed(site: Site) -> None:
    user = site.services.users.create(email="new@example.org", name="New", password=PASSWORD)
    standing = AccountStanding(site.users)
    with pytest.raises(UserChanged):
        standing.make_operator(user.user_id)
    assert user.user_id not in {each.user_id for each in standing.operators()}


def test_should_list_the_operators_when_the_table_is_read(site: Site, operator: User) -> None:
    assert operator.user_id in {each.user_id for each in AccountStanding(site.users).operators()}
