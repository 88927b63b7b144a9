"""A job's page follows the job, step by step; here the test itself plays the annotator."""

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Route, expect

from runtime.common.job import Job
from tests.browser.person import Person
from tests.cloud import DeployedCloud


@pytest.fixture
def job(cloud: DeployedCloud, person: Person) -> Job:
    """A waiting job, of which no annotator knows."""
    user = cloud.users.by_email(person.email)
    assert user
    return cloud.jobs.submit(
        str(uuid.uuid4()), user.user_id, name="slow.vcf", bucket=cloud.outputs["InputsBucket"]
    )


def test_should_show_each_step_without_reloading_when_a_job_goes_on(
    cloud: DeployedCloud, person: Person, job: Job
) -> None:
    page = person.page
    page.goto(f"/jobs/{job.job_id}")
    person.mark()
    person.wait_for_state("Waiting")
    expect(page.locator("li[aria-current=step]")).to_have_text("Waiting")

    claim = cloud.jobs.claim(job.job_id, lease_seconds=600)
    person.wait_for_state("Annotating")
    expect(page.get_by_role("status")).to_have_text("Annotation has started.")
    for percent in (12, 57):
        cloud.jobs.set_progress(claim, percent)
        expect(page.locator("#percent")).to_have_text(str(percent))
        expect(page.get_by_role("progressbar", name="Annotation")).to_have_js_property(
            "value", percent
        )

    cloud.jobs.fail(claim, "Line 7: POS is empty.")
    person.wait_for_state("Failed")
    expect(page.get_by_role("status")).to_have_text("The job has ended without a result.")
    expect(page.locator(".note-bad")).to_contain_text("Line 7: POS is empty.")
    expect(page).to_have_title("slow.vcf, failed · GAS")
    assert person.has_not_reloaded()


def test_should_count_down_to_the_archive_when_the_job_was_followed_to_its_end(
    cloud: DeployedCloud, person: Person, job: Job
) -> None:
    page = person.page
    page.clock.install()
    page.goto(f"/jobs/{job.job_id}")
    person.mark()
    complete(cloud, job)
    note = page.get_by_text("Keep it with Premium").locator("xpath=..")
    expect(note).to_contain_text("Will be archived in 2 min")
    page.clock.fast_forward(70_000)
    expect(note).to_contain_text("Will be archived in less than a minute")
    page.clock.fast_forward(60_000)
    expect(note).to_contain_text("Being archived now · Keep it with Premium")
    assert person.has_not_reloaded()


def test_should_keep_the_focus_when_the_page_goes_on(
    cloud: DeployedCloud, person: Person, job: Job
) -> None:
    page = person.page
    page.goto(f"/jobs/{job.job_id}")
    cancel = page.get_by_role("button", name="Cancel this job")
    cancel.focus()
    claim = cloud.jobs.claim(job.job_id, lease_seconds=600)
    person.wait_for_state("Annotating")
    expect(cancel).to_be_focused()
    cloud.jobs.fail(claim, "Line 7: POS is empty.")
    person.wait_for_state("Failed")
    expect(page.get_by_role("heading", name="slow.vcf")).to_be_focused()


def complete(cloud: DeployedCloud, job: Job) -> None:
    """End the job as an annotator does, but without a result."""
    claim = cloud.jobs.claim(job.job_id, lease_seconds=600)
    cloud.jobs.complete(claim, reference_version="1.0.0")


def test_should_keep_the_list_as_it_is_when_a_job_goes_on(
    cloud: DeployedCloud, person: Person, job: Job
) -> None:
    page = person.page
    page.goto("/jobs")
    person.mark()
    row = page.get_by_role("listitem").filter(has_text="slow.vcf")
    expect(row).to_contain_text("Waiting")
    row.get_by_role("link").focus()
    claim = cloud.jobs.claim(job.job_id, lease_seconds=600)
    cloud.jobs.set_progress(claim, 40)
    expect(row).to_contain_text("Annotating")
    expect(row).to_contain_text("40 %")
    cloud.jobs.fail(claim, "Line 7: POS is empty.")
    expect(row).to_contain_text("Failed")
    expect(page.locator("#spoken")).to_have_text("slow.vcf: Failed")
    expect(row.get_by_role("link")).to_be_focused()
    assert person.has_not_reloaded()


def test_should_say_so_and_go_on_when_the_connection_is_lost(
    cloud: DeployedCloud, person: Person, job: Job
) -> None:
    page = person.page

    def lose(route: Route) -> None:
        route.abort()

    page.goto(f"/jobs/{job.job_id}")
    page.route("**/status", lose)
    expect(page.locator("#connection")).to_have_text("The connection was lost. Trying again.")
    cloud.jobs.fail(cloud.jobs.claim(job.job_id, lease_seconds=600), "Over.")
    page.unroute("**/status", lose)
    person.wait_for_state("Failed")


def test_should_ask_to_sign_in_when_the_session_has_ended(person: Person, job: Job) -> None:
    page = person.page
    page.goto(f"/jobs/{job.job_id}")
    page.context.clear_cookies()
    expect(page.locator("#connection")).to_contain_text("Sign in again")


def test_should_show_times_in_the_readers_zone_when_scripts_run(person: Person, job: Job) -> None:
    page = person.page
    page.goto(f"/jobs/{job.job_id}")
    shown = page.locator("time").first
    moment = datetime.fromtimestamp(job.submit_time, ZoneInfo("Europe/Zurich"))
    expect(shown).to_have_text(moment.strftime("%-d %b %Y, %H:%M"))
