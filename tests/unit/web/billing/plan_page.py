"""Somebody at the plan's page, by the requests that a browser makes."""

import uuid

from local.stripe.local_stripe import LocalStripe
from tests.cards import GOOD, StripeJs
from tests.unit.web.site import Browser

ATTEMPT = "0123456789abcdef" * 2


def pay(browser: Browser, payments: LocalStripe, number: str = GOOD) -> dict[str, str]:
    """Do what the page's script does; return what it is told."""
    answer = browser.post_json("/billing/setup", {"attempt": uuid.uuid4().hex})
    assert answer.status_code == 200, answer.text
    stripe_js = StripeJs(payments.url)
    intent = stripe_js.confirm_card_setup(answer.get_json()["client_secret"], number)
    answer = browser.post_json("/billing/subscribe", {"setup_intent": intent})
    assert answer.status_code == 200, answer.text
    body: dict[str, str] = answer.get_json()
    return body


def press(browser: Browser, path: str) -> str:
    """Press a button of the page; return the page that it leads to."""
    form = {"csrf_token": browser.csrf_token()}
    answer = browser.client.post(path, data=form, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/subscribe")
    return browser.get("/subscribe").text
