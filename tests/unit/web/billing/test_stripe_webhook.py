"""Where Stripe sends its events, asked as Stripe asks: by HTTP, without a session."""

import json

import pytest
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from local.stripe.local_stripe import LocalStripe
from runtime.common.users import Role, User
from runtime.web.blueprints.stripe_webhook import MAX_EVENT_BYTES
from tests.unit.web.billing.plan_page import pay
from tests.unit.web.billing.shop import Shop
from tests.unit.web.site import Browser, Site


def test_should_sync_without_a_session_when_stripe_sends_an_event(
    paying_site: Site, browser: Browser, payments: LocalStripe, ada: User, shop: Shop
) -> None:
    pay(browser, payments)
    record = paying_site.services.billing.synchronizer.store.get(ada.user_id)
    assert record
    client = paying_site.services.billing.account.client()
    ended = client.v1.subscriptions.cancel(str(record.stripe_subscription_id))
    body, signature = shop.event("customer.subscription.deleted", ended)
    assert paying_site.app.test_client().post("/webhooks/stripe", data=body).status_code == 400
    for outcome in ("synced", "repeated"):
        answer = post(paying_site, body, signature)
        assert (answer.status_code, answer.get_json()) == (200, {"outcome": outcome})
    user = paying_site.services.users.get(ada.user_id)
    assert user
    assert user.role is Role.FREE_USER


def test_should_refuse_an_event_that_is_too_large(paying_site: Site) -> None:
    for size, status in ((MAX_EVENT_BYTES + 1, 413), (MAX_EVENT_BYTES, 400)):
        answer = paying_site.app.test_client().post("/webhooks/stripe", data=b"x" * size)
        assert answer.status_code == status


def test_should_take_an_event_when_its_user_is_deleted(paying_site: Site, shop: Shop) -> None:
    gone = shop.user()
    shop.card(gone)
    customer = shop.record(gone).stripe_customer_id
    subject = {"customer": customer, "metadata": {"user_id": gone.user_id}}
    for kind in ("customer.subscription.deleted", "invoice.paid"):
        answer = post(paying_site, *shop.event(kind, subject))
        assert (answer.status_code, answer.get_json()["outcome"]) == (200, "unknown customer")


@pytest.mark.parametrize("kind", ["checkout.session.completed", "something.of.tomorrow"])
def test_should_take_an_event_when_its_type_concerns_no_role(
    paying_site: Site, shop: Shop, kind: str
) -> None:
    answer = post(paying_site, *shop.event(kind, {"customer": "cus_1"}))
    assert (answer.status_code, answer.get_json()["outcome"]) == (200, "ignored")


def test_should_say_what_is_wrong_when_the_endpoint_was_made_for_thin_events(
    paying_site: Site, shop: Shop
) -> None:
    thin = {
        "id": "evt_1",
        "object": "v2.core.event",
        "type": "v1.invoice.paid",
        "related_object": {"id": "in_1", "type": "invoice", "url": "/v1/invoices/in_1"},
    }
    body = json.dumps(thin)
    with capture_logs() as logs:
        answer = post(paying_site, body.encode(), shop.sign(body))
    assert answer.status_code == 400
    assert "snapshot" in answer.text
    assert logs[0]["reason"] == "missing or malformed: data"


_LONG = "x" * 3_000


@pytest.mark.parametrize(
    "odd",
    [
        {"data": {"object": {"customer": "cus_1", "metadata": ["user_id"]}}},
        {"data": {"object": {"customer": "cus_1", "metadata": {"user_id": {"a": 1}}}}},
        {"data": {"object": {"customer": "cus_1", "metadata": {"user_id": _LONG}}}},
        {"data": {"object": {"customer": {"id": "cus_1"}}}},
        {"data": {"object": {"customer": _LONG}}},
        {"data": {"object": ["customer"]}},
        {"data": ["object"]},
        {"id": _LONG},
        {"id": ""},
        {"id": 5},
        {"type": None},
        {"type": "customer.deleted", "data": {"object": {"id": ["cus_1"]}}},
    ],
)
def test_should_answer_a_signed_event_of_an_odd_shape_without_an_error_of_ours(
    paying_site: Site, shop: Shop, odd: dict[str, object]
) -> None:
    whole = {"id": "evt_odd", "type": "invoice.paid", "data": {"object": {}}}
    body = json.dumps(whole | odd)

    assert post(paying_site, body.encode(), shop.sign(body)).status_code in (200, 400)


def post(paying_site: Site, body: bytes, signature: str) -> TestResponse:
    headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
    return paying_site.app.test_client().post("/webhooks/stripe", data=body, headers=headers)
