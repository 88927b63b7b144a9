"""Where Stripe sends its events, asked as Stripe asks: by HTTP, without a session."""

import json

import pytest
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from local.stripe.local_stripe import LocalStripe
from runtime.common.users import Role, User
from runtime.web.blueprints.webhooks import MAX_EVENT_BYTES
from tests.unit.web.billing.shop import Shop
from tests.unit.web.billing.till import pay
from tests.unit.web.site import Browser, Site


def test_should_settle_without_a_session_when_stripe_sends_an_event(
    till: Site, browser: Browser, payments: LocalStripe, ada: User, shop: Shop
) -> None:
    pay(browser, payments)
    record = till.services.billing.settlement.store.get(ada.user_id)
    assert record
    client = till.services.billing.account.client()
    ended = client.v1.subscriptions.cancel(str(record.stripe_subscription_id))
    body, signature = shop.event("customer.subscription.deleted", ended)
    assert till.app.test_client().post("/webhooks/stripe", data=body).status_code == 400
    for outcome in ("settled", "repeated"):
        answer = post(till, body, signature)
        assert (answer.status_code, answer.get_json()) == (200, {"outcome": outcome})
    user = till.services.users.get(ada.user_id)
    assert user
    assert user.role is Role.FREE_USER


def test_should_refuse_an_event_that_is_too_large(till: Site) -> None:
    for size, status in ((MAX_EVENT_BYTES + 1, 413), (MAX_EVENT_BYTES, 400)):
        answer = till.app.test_client().post("/webhooks/stripe", data=b"x" * size)
        assert answer.status_code == status


def test_should_take_an_event_when_its_user_is_deleted(till: Site, shop: Shop) -> None:
    gone = shop.user()
    shop.card(gone)
    customer = shop.record(gone).stripe_customer_id
    subject = {"customer": customer, "metadata": {"user_id": gone.user_id}}
    for kind in ("customer.subscription.deleted", "invoice.paid"):
        answer = post(till, *shop.event(kind, subject))
        assert (answer.status_code, answer.get_json()["outcome"]) == (200, "unknown customer")


@pytest.mark.parametrize("kind", ["checkout.session.completed", "something.of.tomorrow"])
def test_should_take_an_event_when_its_type_concerns_no_role(
    till: Site, shop: Shop, kind: str
) -> None:
    answer = post(till, *shop.event(kind, {"customer": "cus_1"}))
    assert (answer.status_code, answer.get_json()["outcome"]) == (200, "ignored")


def test_should_say_what_is_wrong_when_the_endpoint_was_made_for_thin_events(
    till: Site, shop: Shop
) -> None:
    thin = {
        "id": "evt_1",
        "object": "v2.core.event",
        "type": "v1.invoice.paid",
        "related_object": {"id": "in_1", "type": "invoice", "url": "/v1/invoices/in_1"},
    }
    body = json.dumps(thin)
    with capture_logs() as logs:
        answer = post(till, body.encode(), shop.sign(body))
    assert answer.status_code == 400
    assert "snapshot" in answer.text
    assert logs[0]["reason"] == "missing or malformed: data"


def post(till: Site, body: bytes, signature: str) -> TestResponse:
    headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
    return till.app.test_client().post("/webhooks/stripe", data=body, headers=headers)
