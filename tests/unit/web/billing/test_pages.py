"""The plan's page, what its script asks for, and where Stripe sends its events."""

import re
import uuid
from contextlib import suppress
from pathlib import Path

import boto3
import pytest

from local.payments.payments import Payments
from runtime.common.users import Role, User
from runtime.web.app import create_app
from runtime.web.blueprints.subscribe import CARDS
from runtime.web.blueprints.webhooks import MAX_EVENT_BYTES
from runtime.web.extensions.assets import Assets
from runtime.web.services.billing.account import StripeAccount
from runtime.web.services.billing.settling import Settlement, Unsettled
from runtime.web.services.registry import Services
from tests.cards import AUTHENTICATE, DECLINED_LATER, GOOD, StripeJs
from tests.emulator import Emulator
from tests.unit.web.billing.shop import Shop
from tests.unit.web.site import PASSWORD, SECRET, Browser, Site, create_parts

ATTEMPT = "0123456789abcdef" * 2


@pytest.fixture(scope="module")
def till(emulator: Emulator, payments: Payments, vendor: Path, files: Path) -> Site:
    """The web app, with a key to what stands for Stripe."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in emulator.environment.items():
            patch.setenv(name, value)
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        config, topic = create_parts(emulator, files)
        secrets = emulator.session.client("secretsmanager", endpoint_url=emulator.endpoint_url)
        secrets.put_secret_value(
            SecretId=config.stripe_secret_arn, SecretString=payments.keys.to_secret()
        )
        ses = emulator.session.client("sesv2", endpoint_url=emulator.endpoint_url)
        with suppress(ses.exceptions.AlreadyExistsException):
            ses.create_email_identity(EmailIdentity=config.mail_sender)
        config = config.model_copy(update={"stripe_url": payments.url})
        services = Services.connect(config, SECRET)
    app = create_app(config, secret=SECRET, services=services, assets=Assets(vendor=vendor))
    s3 = emulator.session.client("s3", endpoint_url=emulator.endpoint_url)
    return Site(app=app, config=config, services=services, s3=s3, requests=topic)


@pytest.fixture
def ada(till: Site) -> User:
    return till.user()


@pytest.fixture
def browser(till: Site, ada: User) -> Browser:
    return till.browser(ada)


def pay(browser: Browser, payments: Payments, number: str = GOOD) -> dict[str, str]:
    """Do what the page's script does."""
    attempt = uuid.uuid4().hex
    answer = browser.post_json("/billing/setup", {"attempt": attempt})
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


def test_should_offer_the_plan_with_its_price_when_free(browser: Browser) -> None:
    page = browser.get("/subscribe").text
    assert "Go Premium" in page
    assert "Pay 9.00 EUR" in page
    assert "150 KB" in page
    assert "30 minutes" in page


def test_should_hold_no_field_of_ours_for_a_card_when_one_is_asked_for(browser: Browser) -> None:
    page = browser.get("/subscribe").text
    fields = set(re.findall(r'<input[^>]* name="([^"]+)"', page))
    assert fields == {"csrf_token"}


def test_should_show_premium_and_its_next_payment_when_paid(
    till: Site, browser: Browser, payments: Payments, ada: User
) -> None:
    assert pay(browser, payments)["state"] == "premium"
    page = browser.get("/subscribe").text
    assert "You are on Premium" in page
    assert "The next payment of 9.00 EUR" in page
    assert "js.stripe.com" not in page
    user = till.services.users.get(ada.user_id)
    assert user
    assert user.role is Role.PREMIUM_USER


def test_should_take_another_card_when_a_subscriber_changes_it(
    browser: Browser, payments: Payments
) -> None:
    pay(browser, payments)
    assert "Use this card" in browser.get("/subscribe?card=change").text
    assert pay(browser, payments)["state"] == "premium"


def test_should_cancel_and_resume_when_the_buttons_are_pressed(
    browser: Browser, payments: Payments
) -> None:
    pay(browser, payments)
    cancelled = press(browser, "/billing/cancel")
    assert "Your subscription is cancelled." in cancelled
    assert "Premium until" in cancelled
    assert "Let it go on" in cancelled
    assert "You are on Premium" in press(browser, "/billing/resume")


def test_should_say_what_stripe_said_when_a_card_is_declined(
    browser: Browser, payments: Payments
) -> None:
    answer = pay(browser, payments, DECLINED_LATER)
    assert (answer["state"], answer["message"]) == ("declined", "Your card was declined.")
    page = browser.get("/subscribe").text
    assert "Your card was declined." in page
    assert "Nothing was" in page
    assert "Pay 9.00 EUR" in page


def test_should_offer_to_confirm_when_the_bank_wants_it(
    browser: Browser, payments: Payments
) -> None:
    answer = pay(browser, payments, AUTHENTICATE)
    assert answer["state"] == "confirm"
    page = browser.get("/subscribe").text
    assert "Confirm with your bank" in page
    assert answer["client_secret"] not in page
    StripeJs(payments.url).confirm_card_payment(answer["client_secret"])
    assert browser.post_json("/billing/check", {}).get_json()["state"] == "premium"


def test_should_say_that_it_is_not_paid_when_a_renewal_failed(
    till: Site, browser: Browser, payments: Payments, ada: User
) -> None:
    pay(browser, payments)
    record = till.services.billing.settlement.store.get(ada.user_id)
    assert record
    setup = browser.post_json("/billing/setup", {"attempt": ATTEMPT}).get_json()
    intent = StripeJs(payments.url).confirm_card_setup(setup["client_secret"], DECLINED_LATER)
    client = till.services.billing.account.client()
    card = str(client.v1.setup_intents.retrieve(intent).payment_method)
    client.v1.customers.update(
        str(record.stripe_customer_id), {"invoice_settings": {"default_payment_method": card}}
    )
    payments.end_period(str(record.stripe_subscription_id))
    page = press(browser, "/billing/check")
    assert "The last payment failed." in page
    assert "You stay on Premium until" in page
    assert "End the subscription now" in page
    assert "You are on the Free plan" not in page
    assert pay(browser, payments)["state"] == "premium"


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
    till: Site, browser: Browser, path: str
) -> None:
    assert browser.client.post(f"/billing/{path}", json={}).status_code == 400
    assert till.visitor().post_json(f"/billing/{path}", {}).status_code == 401
    assert browser.get(f"/billing/{path}").status_code == 405


def test_should_ask_visitors_to_sign_in_when_they_want_the_page(till: Site) -> None:
    answer = till.visitor().get("/subscribe")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in")


def test_should_let_stripes_script_into_its_page_alone(
    browser: Browser, payments: Payments
) -> None:
    policy = browser.get("/subscribe").headers["Content-Security-Policy"]
    assert f"script-src 'self' {payments.url};" in policy
    assert "unsafe" not in policy
    for path in ("/jobs", "/upload", "/billing/nowhere"):
        assert payments.url not in browser.get(path).headers["Content-Security-Policy"]


def test_should_name_stripe_and_nobody_else_when_the_stage_is_a_real_one() -> None:
    account = StripeAccount(ring=None, plan="p", publishable_key="pk")  # type: ignore[arg-type]
    assert account.script_url == "https://js.stripe.com/v3/"
    hosts = {source for sources in account.page_sources.values() for source in sources}
    assert all(re.fullmatch(r"https://(\*\.)?(\w+\.)+stripe\.com", host) for host in hosts)
    assert account.page_sources.keys() == {"script-src", "frame-src", "connect-src"}


def test_should_say_so_when_payments_are_not_set_up(site: Site) -> None:
    browser = site.browser(site.user())
    page = browser.get("/subscribe")
    assert page.status_code == 503
    assert "possible here at the moment." in page.text
    answer = browser.post_json("/billing/setup", {"attempt": ATTEMPT})
    assert answer.status_code == 503
    assert "aren&#39;t possible" in press(browser, "/billing/check")
    assert site.app.test_client().post("/webhooks/stripe", data=b"{}").status_code == 503


def test_should_say_what_is_known_when_stripe_does_not_answer(
    till: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.web.services.billing.account.RETRIES", 0)
    monkeypatch.setattr(till.services.billing.account, "url", "http://127.0.0.1:9")
    monkeypatch.setattr(till.services.billing.account, "_clients", {})
    answer = browser.post_json("/billing/setup", {"attempt": ATTEMPT})
    assert answer.status_code == 503
    assert "won't be charged twice" in answer.get_json()["error"]


def test_should_ask_for_patience_when_somebody_else_settles(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise Unsettled

    monkeypatch.setattr(Settlement, "settle", busy)
    assert browser.post_json("/billing/check", {}).status_code == 503
    assert "Check again in a few seconds." in press(browser, "/billing/check")


def test_should_settle_without_a_session_when_stripe_sends_an_event(
    till: Site, browser: Browser, payments: Payments, ada: User, shop: Shop
) -> None:
    pay(browser, payments)
    record = till.services.billing.settlement.store.get(ada.user_id)
    assert record
    client = till.services.billing.account.client()
    ended = client.v1.subscriptions.cancel(str(record.stripe_subscription_id))
    body, signature = shop.event("customer.subscription.deleted", ended)
    stripe = till.app.test_client()
    headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
    assert stripe.post("/webhooks/stripe", data=body).status_code == 400
    answer = stripe.post("/webhooks/stripe", data=body, headers=headers)
    assert (answer.status_code, answer.get_json()) == (200, {"outcome": "settled"})
    assert stripe.post("/webhooks/stripe", data=body, headers=headers).get_json() == {
        "outcome": "repeated"
    }
    user = till.services.users.get(ada.user_id)
    assert user
    assert user.role is Role.FREE_USER


def test_should_end_the_subscription_first_when_the_account_is_deleted(
    till: Site, browser: Browser, payments: Payments, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay(browser, payments)
    record = till.services.billing.settlement.store.get(ada.user_id)
    assert record
    account = till.services.billing.account
    with monkeypatch.context() as patch:
        patch.setattr("runtime.web.services.billing.account.RETRIES", 0)
        patch.setattr(account, "url", "http://127.0.0.1:9")
        patch.setattr(account, "_clients", {})
        refused = browser.post_form("/profile/delete", password=PASSWORD)
    assert refused.status_code == 503
    assert "nothing was deleted" in refused.text
    assert browser.get("/profile").status_code == 200
    account._clients.clear()
    assert browser.post_form("/profile/delete", password=PASSWORD).status_code == 200
    ended = account.client().v1.subscriptions.retrieve(str(record.stripe_subscription_id))
    assert ended.status == "canceled"
    user = till.services.users.get(ada.user_id)
    assert user
    assert user.deleted_at


def test_should_show_card_and_invoices_on_the_profile_when_there_is_a_subscription(
    browser: Browser, payments: Payments
) -> None:
    pay(browser, payments)
    page = browser.get("/profile").text
    assert "Visa ending in 4242, valid to 12/2034" in page
    assert "Next payment" in page
    assert f'href="{payments.url}/_config/invoices/in_' in page
    assert "9.00 EUR" in page
    press(browser, "/billing/cancel")
    assert "Let the subscription go on" in browser.get("/profile").text


def test_should_show_the_profile_all_the_same_when_stripe_does_not_answer(site: Site) -> None:
    user = site.user()
    site.services.billing.settlement.store.change(
        site.services.billing.settlement.store.get(user.user_id),  # type: ignore[arg-type]
        {"stripe_customer_id": "cus_1"},
    )
    page = site.browser(user).get("/profile")
    assert page.status_code == 200
    assert "Payments can&#39;t be shown" in page.text or "Payments can't be shown" in page.text


def test_should_stop_whoever_tries_cards_by_the_list(browser: Browser) -> None:
    codes = [
        browser.post_json("/billing/setup", {"attempt": ATTEMPT}).status_code
        for _ in range(CARDS.tries + 1)
    ]
    assert codes == [200] * CARDS.tries + [429]


def test_should_refuse_an_event_that_is_too_large(till: Site) -> None:
    for size, status in ((MAX_EVENT_BYTES + 1, 413), (MAX_EVENT_BYTES, 400)):
        answer = till.app.test_client().post("/webhooks/stripe", data=b"x" * size)
        assert answer.status_code == status
