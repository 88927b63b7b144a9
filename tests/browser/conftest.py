"""A real Chromium against the deployed platform. Every test brings a user of its own."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from local.host.browser import HOW_TO, find_chromium
from tests.browser.chromium import arguments
from tests.browser.person import Person
from tests.browser.watch import Watch
from tests.cloud import DeployedCloud

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="session")
def chromium() -> Path:
    """A Chromium; without one the tests are skipped, and in CI they fail."""
    found = find_chromium()
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(HOW_TO)
        pytest.skip(HOW_TO)
    return found


@pytest.fixture(scope="module")
def playwright(chromium: Path) -> Iterator[Playwright]:
    """Playwright, for one module: while it runs, no other test may start an event loop.

    Asks for `chromium` first: finding one may start a Playwright too, and two don't go together.
    """
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium: Path) -> Iterator[Browser]:
    """That Chromium, running."""
    with playwright.chromium.launch(executable_path=chromium, args=arguments()) as started:
        yield started


@pytest.fixture
def context(browser: Browser, cloud: DeployedCloud) -> Iterator[BrowserContext]:
    """A fresh profile on a desktop, watched: what breaks the site's rules fails the test."""
    yield from _watched(browser, cloud, DESKTOP)


@pytest.fixture
def phone(browser: Browser, cloud: DeployedCloud) -> Iterator[BrowserContext]:
    """A fresh profile on a phone, watched likewise."""
    yield from _watched(browser, cloud, PHONE)


def _watched(
    browser: Browser, cloud: DeployedCloud, viewport: dict[str, int]
) -> Iterator[BrowserContext]:
    watch = Watch(allowed=(cloud.site_url, cloud.endpoint_url, cloud.stripe_url))
    with browser.new_context(
        base_url=cloud.site_url,
        viewport={"width": viewport["width"], "height": viewport["height"]},
        locale="en-GB",
        timezone_id="Europe/Zurich",
    ) as context:
        watch.begin(context)
        yield context
    assert watch.faults == []


@pytest.fixture
def person(context: BrowserContext, cloud: DeployedCloud) -> Person:
    """A user of this test alone, signed in, at a desktop."""
    return _signed_in(context, cloud)


@pytest.fixture
def person_with_phone(phone: BrowserContext, cloud: DeployedCloud) -> Person:
    """A user of this test alone, signed in, with a phone."""
    return _signed_in(phone, cloud)


def _signed_in(context: BrowserContext, cloud: DeployedCloud) -> Person:
    email, password = f"{secrets.token_hex(4)}@example.org", secrets.token_urlsafe(12)
    cloud.new_user(email, password)
    person = Person(context.new_page(), email, password)
    person.sign_in()
    return person
