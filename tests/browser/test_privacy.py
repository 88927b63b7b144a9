"""A job is its owner's alone."""

import secrets
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.person import Person
from tests.cloud import DeployedCloud


def test_should_not_exist_when_a_job_is_another_users(
    person: Person, sample: Path, browser: Browser, cloud: DeployedCloud
) -> None:
    job_id = person.upload(sample)
    email, password = f"{secrets.token_hex(4)}@example.org", secrets.token_urlsafe(12)
    cloud.new_user(email, password)
    with browser.new_context(base_url=cloud.site_url) as context:
        stranger = Person(context.new_page(), email, password)
        stranger.sign_in()
        for path in ("", "/status", "/log", "/summary.json", "/download"):
            answer = stranger.page.goto(f"/jobs/{job_id}{path}")
            assert answer
            assert answer.status == 404
        expect(stranger.page.get_by_role("heading", level=1)).to_have_text("Page not found")
        stranger.page.goto("/jobs")
        expect(stranger.page.get_by_role("heading", level=1)).to_have_text("No jobs yet")


def test_should_come_back_to_the_page_when_asked_to_sign_in(person: Person, sample: Path) -> None:
    page = person.page
    job_id = person.upload(sample)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")
    page.goto(f"/jobs/{job_id}")
    page.get_by_label("Email address").fill(person.email)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/jobs/{job_id}")


@pytest.mark.parametrize("password", ["wrong", ""])
def test_should_stay_outside_when_the_password_is_wrong(
    person: Person, password: str, cloud: DeployedCloud
) -> None:
    page = person.page
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_label("Email address").fill(person.email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    if password:
        expect(page.get_by_role("alert")).to_contain_text("don't match")
    page.goto("/jobs")
    page.wait_for_url("**/sign-in?next=/jobs")
