"""What the profile shows of payments, and what a deleted account leaves at Stripe: nothing."""

import pytest

from local.stripe.local_stripe import LocalStripe
from runtime.common.users import User
from tests.unit.web.billing.plan_page import pay, press
from tests.unit.web.site import PASSWORD, Browser, Site


def test_should_show_card_and_invoices_on_the_profile_when_there_is_a_subscription(
    browser: Browser, payments: LocalStripe
) -> None:
    pay(browser, payments)
    page = browser.get("/profile").text
    assert "Visa ending in 4242, expires 12/2034" in page
    assert "Next payment" in page
    assert f'href="{payments.url}/_config/invoices/in_' in page
    assert "9.00 EUR" in page
    press(browser, "/billing/cancel")
    assert "Keep Premium" in browser.get("/profile").text


def test_should_show_the_profile_all_the_same_when_stripe_does_not_answer(site: Site) -> None:
    user = site.user()
    site.services.billing.synchronizer.store.change(
        site.services.billing.synchronizer.store.get(user.user_id),  # type: ignore[arg-type]
        {"stripe_customer_id": "cus_1"},
    )
    page = site.browser(user).get("/profile")
    assert page.status_code == 200
    assert "We can't show your payments" in page.text


def test_should_end_the_subscription_first_when_the_account_is_deleted(
    paying_site: Site,
    browser: Browser,
    payments: LocalStripe,
    ada: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pay(browser, payments)
    record = paying_site.services.billing.synchronizer.store.get(ada.user_id)
    assert record
    account = paying_site.services.billing.account
    with monkeypatch.context() as patch:
        patch.setattr("runtime.web.services.billing.stripe_account.RETRIES", 0)
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
    user = paying_site.services.users.get(ada.user_id)
    assert user
    assert user.deleted_at
