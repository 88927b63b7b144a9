"""What pages say of how long a result stays, and what they offer when it is archived."""

import time

import pytest

from runtime.common.job import Job, ResultState
from runtime.common.jobs.result_states import ResultStates
from runtime.common.messages import PlanChange
from runtime.common.users import Role, User
from runtime.web.services.formatting import time_left
from tests.unit.web.site import FREE_RETENTION_SECONDS, Site


def completed(site: Site, owner: User) -> Job:
    job = site.job(owner)
    return site.jobs.complete(
        site.jobs.claim(job.job_id, lease_seconds=60), reference_version="1.0.0"
    )


def states(site: Site) -> ResultStates:
    return ResultStates(site.annotations)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (None, None),
        (1000, None),
        (1001, "less than a minute"),
        (1060, "less than a minute"),
        (1061, "2 min"),
        (1720, "12 min"),
        (4600, "60 min"),
        (4601, "2 h"),
    ],
)
def test_should_round_up_the_time_that_is_left(moment: int | None, words: str | None) -> None:
    assert time_left(moment, 1000) == words


def test_should_count_down_when_the_owner_is_free(site: Site) -> None:
    owner = site.user()
    job = completed(site, owner)
    page = site.browser(owner).get(f"/jobs/{job.job_id}").text
    assert "Will be archived in <b data-left>30 min</b>" in page
    assert f'data-due="{(job.complete_time or 0) + FREE_RETENTION_SECONDS}"' in page
    assert 'href="/subscribe"' in page


def test_should_say_that_it_stays_when_the_owner_is_premium(site: Site) -> None:
    owner = site.user(role=Role.PREMIUM_USER)
    page = site.browser(owner).get(f"/jobs/{completed(site, owner).job_id}").text
    assert "results on Premium are never archived" in page
    assert "data-due" not in page


def test_should_offer_the_upgrade_and_refuse_the_download_when_it_is_archived(site: Site) -> None:
    owner = site.user()
    job = states(site).archived(completed(site, owner), {"vcf": "version-1"})
    browser = site.browser(owner)
    page = browser.get(f"/jobs/{job.job_id}").text
    assert "This result is archived" in page
    assert "Restore it with Premium" in page
    assert f"/jobs/{job.job_id}/download" not in page
    answer = browser.get(f"/jobs/{job.job_id}/download")
    assert answer.status_code == 409
    assert "with Premium it is restored" in answer.text
    assert "state-ARCHIVED" in browser.get("/jobs").text


def test_should_say_when_it_is_ready_when_it_is_restored(site: Site) -> None:
    owner = site.user(role=Role.PREMIUM_USER)
    archived = states(site).archived(completed(site, owner), {"vcf": "version-1"})
    job = states(site).restoring(archived, due=int(time.time()) + 300)
    browser = site.browser(owner)
    page = browser.get(f"/jobs/{job.job_id}").text
    assert "ready around <time" in page
    assert browser.get("/jobs").text.count("state-RESTORING") == 1
    assert browser.get(f"/jobs/{job.job_id}/download").status_code == 409
    status = browser.get(f"/jobs/{job.job_id}/status").get_json()
    assert status["result_state"] == ResultState.RESTORING


def test_should_ask_again_when_a_premium_owner_wants_it_back(site: Site) -> None:
    owner = site.user(role=Role.PREMIUM_USER)
    job = states(site).archived(completed(site, owner), {"vcf": "version-1"})
    browser = site.browser(owner)
    assert "Restore it" in browser.get(f"/jobs/{job.job_id}").text
    path = f"/jobs/{job.job_id}/bring-back"
    assert browser.client.post(path).status_code == 400  # without the token of the page
    answer = browser.client.post(path, data={"csrf_token": browser.csrf_token()})
    assert answer.status_code == 303
    requests = site.services.retention.restore_requests
    [message] = requests.sqs.receive_message(QueueUrl=requests.url)["Messages"]
    assert PlanChange.from_body(message["Body"]) == PlanChange(user_id=owner.user_id)


def test_should_refuse_to_bring_it_back_when_the_owner_is_free_or_another(site: Site) -> None:
    owner, other = site.user(), site.user("Eve", role=Role.PREMIUM_USER)
    job = states(site).archived(completed(site, owner), {"vcf": "version-1"})
    for who, code in ((owner, 409), (other, 404)):
        browser = site.browser(who)
        form = {"csrf_token": browser.csrf_token()}
        answer = browser.client.post(f"/jobs/{job.job_id}/bring-back", data=form)
        assert answer.status_code == code
