"""Several jobs of the list at once: deleted after a question, and downloaded."""

import uuid

from runtime.common.messages import Removal
from runtime.common.users import User
from tests.unit.web.job_states import completed, failed, running
from tests.unit.web.site import Browser, Site


def test_should_ask_and_then_delete_what_was_chosen(
    site: Site, user: User, browser: Browser
) -> None:
    chosen = [completed(site, user), running(site, user)]
    kept = site.job(user, "kept.vcf")
    site.removal_messages()
    query = "&".join(f"job={job.job_id}" for job in chosen)

    question = browser.get(f"/jobs/chosen/delete?{query}").text
    assert "Delete 2 jobs?" in question
    assert all(site.jobs.get(job.job_id) for job in chosen)
    ids = [job.job_id for job in chosen]
    form = {"job": [*ids, ids[0]], "csrf_token": browser.csrf_token()}
    answer = browser.client.post("/jobs/chosen/delete", data=form)

    assert (answer.status_code, answer.location) == (303, "/jobs")
    assert "2 jobs have been deleted" in browser.get("/jobs").text
    assert [site.jobs.get(job.job_id) for job in (*chosen, kept)] == [None, None, kept]
    removals = [Removal(user_id=user.user_id, job_id=job_id) for job_id in ids]
    messages = site.removal_messages()
    assert all(each in removals for each in messages)
    assert removals[0] in messages


def test_should_delete_nothing_when_one_of_the_chosen_is_another_users(
    site: Site, user: User, browser: Browser
) -> None:
    own, theirs = site.job(user), site.job(site.user("Eve"))
    form = {"job": [own.job_id, theirs.job_id], "csrf_token": browser.csrf_token()}
    assert browser.client.post("/jobs/chosen/delete", data=form).status_code == 404
    assert site.jobs.get(own.job_id) == own
    assert site.jobs.get(theirs.job_id) == theirs


def test_should_link_each_result_that_can_be_downloaded(
    site: Site, user: User, browser: Browser
) -> None:
    done, broken = completed(site, user), failed(site, user)
    page = browser.get(f"/jobs/chosen/download?job={done.job_id}&job={broken.job_id}").text
    assert "Download 1 result" in page
    assert f'href="/jobs/{done.job_id}/download"' in page
    assert f'href="/jobs/{broken.job_id}/download"' not in page
    assert "Failed" in page


def test_should_ask_to_choose_when_nothing_is_chosen(browser: Browser) -> None:
    for what in ("delete", "download"):
        assert browser.get(f"/jobs/chosen/{what}").location == "/jobs"
        assert "Choose one or more jobs first" in browser.get("/jobs").text


def test_should_answer_404_when_what_is_chosen_is_no_job(browser: Browser) -> None:
    many = "&".join(f"job={uuid.uuid4()}" for _ in range(101))
    for query in ("job=x", f"job={uuid.uuid4()}", many):
        assert browser.get(f"/jobs/chosen/delete?{query}").status_code == 404
        assert browser.get(f"/jobs/chosen/download?{query}").status_code == 404


def test_should_say_where_the_own_jobs_stand_when_a_page_follows_several(
    site: Site, user: User, browser: Browser
) -> None:
    at_work, broken = running(site, user, 43), failed(site, user, "Line 3: POS is 'x'.")
    theirs = site.job(site.user("Eve"))
    query = "&".join(f"job={job.job_id}" for job in (at_work, broken, theirs))
    assert browser.get(f"/jobs/chosen/states?{query}").get_json()["jobs"] == {
        at_work.job_id: {"state": "RUNNING", "progress": 43, "error": ""},
        broken.job_id: {"state": "FAILED", "progress": 0, "error": "Line 3: POS is 'x'."},
    }
