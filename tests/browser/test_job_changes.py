"""Owners find, cancel, repeat, note and delete their jobs; with scripts and without."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from runtime.common.job import Job
from runtime.contract.s3 import job_prefix, user_prefix
from tests.browser.axe import axe_in_both_themes
from tests.browser.person import Person
from tests.cloud import DeployedCloud
from tests.waiting import wait_until


@pytest.fixture
def scriptless(person: Person) -> Iterator[Page]:
    """A page of the same person in a browser whose scripts are off."""
    browser = person.page.context.browser
    assert browser
    with browser.new_context(
        base_url=person.page.url.split("/jobs")[0],
        java_script_enabled=False,
        storage_state=person.page.context.storage_state(),
    ) as context:
        yield context.new_page()


def waiting_job(cloud: DeployedCloud, person: Person, name: str = "slow.vcf") -> Job:
    """A job of which no annotator knows."""
    user = cloud.users.by_email(person.email)
    assert user
    return cloud.jobs.submit(
        str(uuid.uuid4()), user.user_id, name=name, bucket=cloud.outputs["InputsBucket"]
    )


def test_should_find_the_job_when_scripts_are_off(
    cloud: DeployedCloud, person: Person, scriptless: Page
) -> None:
    for name in ("tumour.vcf", "normal.vcf"):
        waiting_job(cloud, person, name)
    page = scriptless
    page.goto("/jobs")
    rows = page.get_by_role("listitem").filter(has_text=".vcf")
    expect(rows).to_have_count(2)
    page.get_by_label("Name, note or reference").fill("TUMOUR")
    page.get_by_role("button", name="Filter").click()
    expect(rows).to_have_count(1)
    page.get_by_label("State").select_option("Failed")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("heading", name="No matching jobs")).to_be_visible()
    page.get_by_role("link", name="Show all jobs").click()
    expect(rows).to_have_count(2)


def test_should_cancel_note_and_delete_when_scripts_are_off(
    cloud: DeployedCloud, person: Person, scriptless: Page
) -> None:
    page, job = scriptless, waiting_job(cloud, person)
    page.goto(f"/jobs/{job.job_id}")
    expect(page.locator("#headline")).to_contain_text("Waiting")
    page.get_by_role("button", name="Cancel this job").click()
    expect(page.get_by_role("heading", name="You cancelled this job")).to_be_visible()
    page.get_by_text("Add a note").click()
    page.get_by_label("Note on this job").fill("not needed any more")
    page.get_by_role("button", name="Save the note").click()
    expect(page.locator(".job-note")).to_have_text("not needed any more")
    # Its file isn't there, so that another run can't help.
    expect(page.get_by_role("button", name="Run again")).to_have_count(0)
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("link", name="Keep it").click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete the job and its files").click()
    expect(page.get_by_role("status")).to_contain_text("slow.vcf and its results have been deleted")
    expect(page.get_by_role("heading", name="No jobs yet")).to_be_visible()


RUN_AGAIN = """
async () => {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const headers = {
    "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token,
  };
  const answer = await fetch(`${location.pathname}/again`, { method: "POST", headers, body: "{}" });
  return (await answer.json()).url;
}
"""


def test_should_run_again_and_leave_nothing_when_both_are_deleted(
    cloud: DeployedCloud, person: Person, sample: Path
) -> None:
    page, jobs = person.page, cloud.jobs
    first = jobs.require(_completed(person, sample))
    # The same file and reference give the same result, so the page doesn't offer it.
    page.goto(page.evaluate(RUN_AGAIN))
    person.wait_for_state("Completed")
    again = jobs.require(page.url.rsplit("/", 1)[1])
    assert again.s3_key_input_file == first.s3_key_input_file

    _delete(page, first)
    # The other job has the same input.
    kept = [first.s3_key_input_file]
    of_first = job_prefix(first.user_id, first.job_id)
    wait_until(lambda: cloud.stored(of_first) == kept, "the first job's results are deleted")
    page.goto(f"/jobs/{first.job_id}")
    expect(page.get_by_text("Error 404")).to_be_visible()

    _delete(page, again)
    wait_until(lambda: cloud.stored(user_prefix(first.user_id)) == [], "all files are deleted")


def _completed(person: Person, sample: Path) -> str:
    job_id = person.upload(sample)
    person.wait_for_state("Completed")
    return job_id


def _delete(page: Page, job: Job) -> None:
    page.goto(f"/jobs/{job.job_id}/delete")
    page.get_by_role("button", name="Delete the job and its files").click()
    page.wait_for_url("**/jobs")


def test_should_follow_to_the_end_when_a_running_job_is_cancelled(
    cloud: DeployedCloud, person: Person
) -> None:
    page, job = person.page, waiting_job(cloud, person)
    claim = cloud.jobs.claim(job.job_id, lease_seconds=600)
    cloud.jobs.set_progress(claim, 40)
    page.goto(f"/jobs/{job.job_id}")
    page.get_by_role("button", name="Cancel this job").click()
    expect(page.locator("#headline")).to_have_text("Cancelling")
    cloud.jobs.end_cancelled(claim)
    expect(page.get_by_role("heading", name="You cancelled this job")).to_be_visible()


def test_should_be_accessible_and_fit_a_phone_when_jobs_are_changed(
    cloud: DeployedCloud, person_with_phone: Person, phone: BrowserContext
) -> None:
    person = person_with_phone
    page = person.page
    job = waiting_job(cloud, person, f"{'a-long-name-' * 12}.vcf")
    failed = waiting_job(cloud, person)
    cloud.jobs.set_note(failed.job_id, failed.user_id, "A note\nof two lines")
    cloud.jobs.fail(cloud.jobs.claim(failed.job_id, lease_seconds=60), "Line 7: POS is empty.")
    for path in (
        "/jobs",
        "/jobs?state=COMPLETED&q=nothing",
        f"/jobs/{job.job_id}",
        f"/jobs/{failed.job_id}",
        f"/jobs/{failed.job_id}/delete",
    ):
        page.goto(path)
        axe_in_both_themes(page)
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) == 0, path
