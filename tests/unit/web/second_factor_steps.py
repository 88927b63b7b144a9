"""What a person does to turn on a second factor, and to sign in with it."""

import re

import pyotp
from werkzeug.test import TestResponse

from runtime.common.users import User
from runtime.web.services.second_factor import STEP_SECONDS
from tests.unit.clock import Clock
from tests.unit.web.site import PASSWORD, Browser, Site

RECOVERY_CODE = re.compile(r"<li>([a-z2-9]{4}(?:-[a-z2-9]{4}){3})</li>")


def begin(browser: Browser) -> str:
    """Ask for a secret, as the page shows it."""
    answer = browser.post("/profile/second-factor", password=PASSWORD)
    assert answer.location == "/profile/second-factor/confirm"
    found = re.search(r'<span class="mono">([A-Z2-7 ]+)</span>', browser.get(answer.location).text)
    assert found
    return found[1].replace(" ", "")


def code(secret: str, clock: Clock, *, steps: int = 0) -> str:
    """What the app shows at the time of the clock, or some steps later."""
    return pyotp.TOTP(secret).at(int(clock()) + steps * STEP_SECONDS)


def turn_on(browser: Browser, clock: Clock) -> tuple[str, list[str]]:
    """Turn it on, and wait for the next code; return the secret and the recovery codes."""
    secret = begin(browser)
    page = browser.post("/profile/second-factor/confirm", code=code(secret, clock))
    assert page.status_code == 200, page.text
    clock.advance(STEP_SECONDS)
    return secret, RECOVERY_CODE.findall(page.text)


def sign_in(site: Site, user: User, typed: str, **fields: str) -> tuple[Browser, TestResponse]:
    """Sign in with the password, then with a code."""
    browser = site.visitor()
    assert browser.sign_in(user.email, **fields).location == "/sign-in/code"
    assert browser.get("/jobs").status_code == 303
    return browser, enter(browser, typed)


def enter(browser: Browser, typed: str) -> TestResponse:
    return browser.post("/sign-in/code", code=typed)
