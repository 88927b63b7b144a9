"""The plan's page, in every state of a subscription."""

import re

from local.stripe.local_stripe import LocalStripe
from runtime.common.users import Role, User
from tests.cards import AUTHENTICATE, DECLINED_LATER, StripeJs
from tests.unit.web.billing.plan_page import ATTEMPT, pay, press
from tests.unit.web.site import Browser, Site


def test_should_offer_the_plan_with_its_price_when_free(browser: Browser) -> None:
    page = browser.get("/subscribe").text
    assert "Upgrade to Premium" in page
    assert "Pay 9.00 EUR" in page
    assert "150 KB" in page
    assert "5 GB" in page
    assert "30 minutes" in page


def test_should_hold_no_field_of_ours_for_a_card_when_one_is_asked_for(browser: Browser) -> None:
    page = browser.get("/subscribe").text
    fields = set(re.findall(r'<input[^>]* name="([^"]+)"', page))
    assert fields == {"csrf_token"}


def test_should_let_stripes_script_into_its_page_alone(
    browser: Browser, payments: LocalStripe
) -> None:
    policy = browser.get("/subscribe").headers["Content-Security-Policy"]
    assert f"script-src 'self' {payments.url};" in policy
    assert "unsafe" not in policy
    for path in ("/jobs", "/upload", "/billing/nowhere"):
        assert payments.url not in browser.get(path).headers["Content-Security-Policy"]


def test_should_show_premium_and_its_next_payment_when_paid(
    paying_site: Site, browser: Browser, payments: LocalStripe, ada: User
) -> None:
    assert pay(browser, payments)["state"] == "premium"
    page = browser.get("/subscribe").text
    assert "You are on Premium" in page
    assert "The next payment of 9.00 EUR" in page
    assert "js.stripe.com" not in page
    user = paying_site.services.users.get(ada.user_id)
    assert user
    assert user.role is Role.PREMIUM_USER


def test_should_take_another_card_when_a_subscriber_changes_it(
    browser: Browser, payments: LocalStripe
) -> None:
    pay(browser, payments)
    assert "Use this card" in browser.get("/subscribe?card=change").text
    assert pay(browser, payments)["state"] == "premium"


def test_should_cancel_and_resume_when_the_buttons_are_pressed(
    browser: Browser, payments: LocalStripe
) -> None:
    pay(browser, payments)
    cancelled = press(browser, "/billing/cancel")
    assert "Your subscription is cancelled." in cancelled
    assert "Premium until" in cancelled
    assert "Keep Premium" in cancelled
    assert "You are on Premium" in press(browser, "/billing/resume")


def test_should_say_what_stripe_said_when_a_card_is_declined(
    browser: Browser, payments: LocalStripe
) -> None:
    answer = pay(browser, payments, DECLINED_LATER)
    said = "Your card was declined. Nothing was charged. Use another card."
    assert (answer["state"], answer["message"]) == ("declined", said)
    page = browser.get("/subscribe").text
    assert "Your card was declined." in page
    assert "Nothing was" in page
    assert "Pay 9.00 EUR" in page


def test_should_offer_to_confirm_when_the_bank_wants_it(
    browser: Browser, payments: LocalStripe
) -> None:
    answer = pay(browser, payments, AUTHENTICATE)
    assert answer["state"] == "confirm"
    page = browser.get("/subscribe").text
    assert "Confirm with your bank" in page
    assert answer["client_secret"] not in page
    StripeJs(payments.url).confirm_card_payment(answer["client_secret"])
    assert browser.post_json("/billing/check", {}).get_json()["state"] == "premium"


def test_should_charge_nothing_and_say_so_when_a_payment_is_not_confirmed_but_given_up(
    browser: Browser, payments: LocalStripe
) -> None:
    assert pay(browser, payments, AUTHENTICATE)["state"] == "confirm"
    page = press(browser, "/billing/cancel")
    assert "You are on the Free plan, and nothing more is charged." in page
    assert "Upgrade to Premium" in page


def test_should_say_that_it_is_not_paid_when_a_renewal_failed(
    paying_site: Site, browser: Browser, payments: LocalStripe, ada: User
) -> None:
    pay(browser, payments)
    record = paying_site.services.billing.synchronizer.store.get(ada.user_id)
    assert record
    setup = browser.post_json("/billing/setup", {"attempt": ATTEMPT}).get_json()
    intent = StripeJs(payments.url).confirm_card_setup(setup["client_secret"], DECLINED_LATER)
    client = paying_site.services.billing.account.client()
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


def test_should_ask_visitors_to_sign_in_when_they_want_the_page(paying_site: Site) -> None:
    answer = paying_site.visitor().get("/subscribe")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in")
