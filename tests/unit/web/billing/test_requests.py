"""What the plan's page requests, and the answers when that isn't available."""

import pytest

from runtime.web.blueprints.subscribe import CARDS
from runtime.web.services.billing.subscription_sync import SubscriptionSynchronizer, SyncConflict
from tests.unit.web.billing.plan_page import ATTEMPT, press
from tests.unit.web.site import Browser, Site


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/billing/setup", {"attempt": "short"}),
        ("/billing/setup", {"attempt": ATTEMPT, "user_id": "x"}),
        ("/billing/subscribe", {"setup_intent": "../customers"}),
        ("/billing/subscribe", {}),
    ],
)
def test_should_refuse_what_the_script_never_sends(
    browser: Browser, path: str, body: dict[str, str]
) -> None:
    assert browser.post_json(path, body).status_code == 400


@pytest.mark.parametrize("path", ["setup", "subscribe", "check", "cancel", "resume"])
def test_should_change_nothing_when_the_token_is_missing_or_nobody_is_signed_in(
    paying_site: Site, browser: Browser, path: str
) -> None:
    assert browser.client.post(f"/billing/{path}", json={}).status_code == 403
    assert paying_site.visitor().post_json(f"/billing/{path}", {}).status_code == 401
    assert browser.get(f"/billing/{path}").status_code == 405


def test_should_stop_whoever_tries_cards_by_the_list(browser: Browser) -> None:
    codes = [
        browser.post_json("/billing/setup", {"attempt": ATTEMPT}).status_code
        for _ in range(CARDS.attempts + 1)
    ]
    assert codes == [200] * CARDS.attempts + [429]


def test_should_say_so_when_payments_are_not_set_up(site: Site) -> None:
    browser = site.browser(site.user())
    page = browser.get("/subscribe")
    assert page.status_code == 503
    assert "possible at the moment." in page.text
    answer = browser.post_json("/billing/setup", {"attempt": ATTEMPT})
    assert answer.status_code == 503
    assert "aren&#39;t possible" in press(browser, "/billing/check")
    assert site.app.test_client().post("/webhooks/stripe", data=b"{}").status_code == 503


def test_should_say_what_is_known_when_stripe_does_not_answer(
    paying_site: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.web.services.billing.stripe_account.RETRIES", 0)
    monkeypatch.setattr(paying_site.services.billing.account, "url", "http://127.0.0.1:9")
    monkeypatch.setattr(paying_site.services.billing.account, "_clients", {})
    answer = browser.post_json("/billing/setup", {"attempt": ATTEMPT})
    assert answer.status_code == 503
    assert "won't be charged twice" in answer.get_json()["error"]


def test_should_ask_for_patience_when_another_process_syncs(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise SyncConflict

    monkeypatch.setattr(SubscriptionSynchronizer, "sync", busy)
    assert browser.post_json("/billing/check", {}).status_code == 503
    assert "Check again in a few seconds." in press(browser, "/billing/check")
