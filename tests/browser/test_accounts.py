"""The life of an account, as a person lives it."""

import os
import re
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from runtime.contract.s3 import user_prefix
from tests.browser.axe import axe_in_both_themes
from tests.browser.person import Person
from tests.cloud import DeployedCloud
from tests.waiting import wait_until

FIRST, SECOND, THIRD = (
    "nine purple otters sing",
    "ten yellow herons fly",
    "one grey whale hums low",
)


@pytest.fixture
def email() -> str:
    return f"{secrets.token_hex(4)}@example.org"


def test_should_have_an_account_from_registration_to_deletion(
    context: BrowserContext, browser: Browser, cloud: DeployedCloud, email: str, sample: Path
) -> None:
    page = context.new_page()
    register(page, email)
    follow_mail(page, cloud, email, "/confirm/")
    axe_in_both_themes(page)
    page.get_by_role("button", name="Confirm my address").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your email address is confirmed")
    axe_in_both_themes(page)
    person = Person(page, email, FIRST)
    person.sign_in()

    with browser.new_context(base_url=cloud.site_url) as another_device:
        elsewhere = Person(another_device.new_page(), email, FIRST)
        elsewhere.sign_in()
        change_password(page)
        elsewhere.page.goto("/jobs")
        elsewhere.page.wait_for_url("**/sign-in?next=/jobs")
    page.goto("/jobs")
    expect(page.get_by_role("heading", level=1)).to_have_text("No jobs yet")

    page.get_by_role("button", name="Sign out").click()
    reset_password(page, cloud, email)
    person = Person(page, email, THIRD)
    person.sign_in()
    job_id = person.upload(sample)
    person.wait_for_state("Completed")
    user = cloud.users.by_email(email)
    assert user
    assert len(cloud.stored(user_prefix(user.user_id))) == 7  # the input and what was made of it

    delete(page)
    is_told(cloud, email, "Your GAS account has been deleted")
    wait_until(lambda: cloud.users.get(user.user_id) is None, "the user is erased")
    assert cloud.stored(user_prefix(user.user_id)) == []
    assert cloud.jobs.get_even_removed(job_id) is None
    assert list(cloud.jobs.all_of_user(user.user_id)) == []
    page.goto("/sign-in")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(THIRD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("don't match")
    register(page, email)
    is_told(cloud, email, "Confirm your email address for GAS", times=2)


def register(page: Page, email: str) -> None:
    page.goto("/")
    page.get_by_role("link", name="Register to annotate").click()
    axe_in_both_themes(page)
    page.get_by_label("Name").fill("Ada Lovelace")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill("passwordpassword")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_label("Password")).to_be_focused()
    expect(page.get_by_text("is easy to guess")).to_be_visible()
    axe_in_both_themes(page)
    page.get_by_label("Password").fill(FIRST)
    page.get_by_role("button", name="Show password").click()
    expect(page.get_by_label("Password")).to_have_attribute("type", "text")
    expect(page.get_by_text("Your password is visible.")).to_have_role("status")
    axe_in_both_themes(page)
    page.get_by_role("button", name="Hide password").click()
    expect(page.get_by_label("Password")).to_have_attribute("type", "password")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
    axe_in_both_themes(page)


def is_told(cloud: DeployedCloud, email: str, subject: str, *, times: int = 1) -> None:
    """Wait until so many mails of a subject have gone to an address."""

    def told() -> bool:
        subjects = [mail.subject for mail in cloud.mail() if mail.to == (email,)]
        return subjects.count(subject) == times

    wait_until(told, f"{times} x {subject!r} is mailed")


def follow_mail(page: Page, cloud: DeployedCloud, email: str, path: str) -> None:
    """Open the link of the newest mail to an address."""
    newest = [mail for mail in cloud.mail() if mail.to == (email,)][-1]
    found = re.search(rf"https?://\S+{path}\S+", newest.text)
    assert found, newest.text
    page.goto(urlsplit(found[0]).path)


def change_password(page: Page) -> None:
    page.goto("/profile/password")
    page.get_by_label("Current password").fill("not my password")
    page.get_by_label("New password").fill(SECOND)
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("That isn't your password.")).to_be_visible()
    axe_in_both_themes(page)
    page.get_by_label("Current password").fill(FIRST)
    page.get_by_label("New password").fill(SECOND)
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_role("status")).to_contain_text("Your password has been changed")
    axe_in_both_themes(page)


def reset_password(page: Page, cloud: DeployedCloud, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_role("link", name="Forgot your password?").click()
    axe_in_both_themes(page)
    page.get_by_label("Email address").fill(email)
    page.get_by_role("button", name="Email me a link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
    follow_mail(page, cloud, email, "/reset/")
    axe_in_both_themes(page)
    page.get_by_label("New password").fill(THIRD)
    page.get_by_role("button", name="Set the new password").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your new password is set")


def delete(page: Page) -> None:
    page.goto("/profile")
    page.get_by_role("link", name="Delete the account").click()
    axe_in_both_themes(page)
    page.get_by_label("Your password").fill(THIRD)
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account is being deleted")
    axe_in_both_themes(page)


def test_should_say_your_jobs_on_the_start_page_when_somebody_is_signed_in(
    person: Person,
) -> None:
    page = person.page
    page.goto("/")
    expect(page.get_by_role("link", name="Your jobs")).to_have_count(2)
    page.get_by_role("link", name="Your jobs").first.click()
    page.wait_for_url("**/jobs")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")
    expect(page.get_by_role("link", name="Register to annotate")).to_be_visible()
    expect(page.get_by_role("link", name="Your jobs")).to_have_count(0)


@pytest.mark.parametrize(
    ("path", "most_transferred"),
    [("/", 110_000), ("/register", 60_000)],  # the first has a picture of 84 kB
)
def test_should_be_light_and_leave_no_cookie_when_first_visited(
    context: BrowserContext, path: str, most_transferred: int
) -> None:
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    sizes: list[float] = []
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(path, wait_until="networkidle")
    requested = page.evaluate("performance.getEntriesByType('resource').length") + 1
    assert len(sizes) >= requested
    assert sum(sizes) < most_transferred
    assert context.cookies() == []


def test_should_fit_when_pages_about_accounts_are_seen_on_a_phone(
    person_with_phone: Person,
) -> None:
    page = person_with_phone.page
    for path in ("/profile", "/profile/email", "/profile/password", "/profile/delete"):
        page.goto(path)
        fits(page)
    page.context.clear_cookies()
    for path in ("/", "/register", "/forgot", "/confirm/x", "/reset/x"):
        page.goto(path)
        fits(page)


def fits(page: Page) -> None:
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) == 0, page.url
    if folder := os.environ.get("GAS_SCREENSHOTS"):
        name = urlsplit(page.url).path.strip("/").replace("/", "-") or "landing"
        page.screenshot(path=f"{folder}/{name}-phone.png", full_page=True)
