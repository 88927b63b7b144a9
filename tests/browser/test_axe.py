"""No page has a serious fault for people who use it by keyboard, screen reader or in the dark."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.axe import axe, axe_in_both_themes
from tests.browser.person import Person
from tests.waiting import wait_until

PAGES_OF_TEXT = (
    *("/help", "/help/fields", "/help/search", "/help/api"),
    *("/pricing", "/about", "/privacy", "/terms", "/contact"),
)
OF_AN_ACCOUNT = (
    *("/profile", "/profile/activity", "/profile/tokens/new", "/profile/second-factor"),
    *("/profile/institutions", "/profile/email", "/profile/password", "/shared"),
    "/profile/webhook",
)
FOR_VISITORS = ("/", "/sign-in", "/link", "/confirm/again", "/reset/x", "/nothing", *PAGES_OF_TEXT)


def test_should_be_accessible_when_a_page_is_for_visitors(context: BrowserContext) -> None:
    page = context.new_page()
    for path in FOR_VISITORS:
        page.goto(path)
        axe_in_both_themes(page)


def test_should_be_accessible_when_a_page_is_for_people_signed_in(
    person: Person, sample: Path
) -> None:
    page = person.page
    for path in ("/jobs", "/upload", *OF_AN_ACCOUNT):
        page.goto(path)
        axe_in_both_themes(page)
    page.goto("/profile/webhook")
    page.get_by_label("Address of your server").fill("http://127.0.0.1:9/")
    page.get_by_role("button", name="Add the webhook").click()
    axe_in_both_themes(page)
    page.get_by_role("button", name="Send a test event").click()
    job_id = person.upload(sample)
    person.wait_for_state("Completed")
    wait_until(lambda: "ConnectionRefused" in shown(page, "/profile/webhook"), "the test failed")
    axe_in_both_themes(page)
    for path in (f"/jobs/{job_id}", f"/jobs/{job_id}/log", f"/jobs/{job_id}/sharing", "/jobs"):
        page.goto(path)
        axe_in_both_themes(page)


def shown(page: Page, path: str) -> str:
    """Open a page; return its text."""
    page.goto(path)
    return page.locator("main").inner_text()


FAULTS = {
    "image-alt": "(main) => main.append(document.createElement('img'))",
    "label": "(main) => main.append(document.createElement('input'))",
    "color-contrast": "(main) => { main.style.color = '#cccccc'; }",
}


@pytest.mark.parametrize("rule", FAULTS)
def test_should_be_found_when_a_page_has_a_fault(context: BrowserContext, rule: str) -> None:
    page = context.new_page()
    page.goto("/nothing")
    page.locator("main").evaluate(FAULTS[rule])
    with pytest.raises(AssertionError, match=rule):
        axe(page)
