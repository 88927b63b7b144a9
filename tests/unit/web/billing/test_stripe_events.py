"""Events as Stripe sends them: forged, old, twice, late, in any order."""

import json
import time
import uuid

import pytest
from botocore.exceptions import EndpointConnectionError

from runtime.common.users import Role, User
from runtime.web.services.billing.billing_errors import StripeUnreachable
from runtime.web.services.billing.stripe_account import API_VERSION
from runtime.web.services.billing.stripe_events import (
    TOLERANCE_SECONDS,
    BadSignature,
    EventNotProcessed,
    InvalidEvent,
    Outcome,
)
from runtime.web.services.billing.subscription_sync import SubscriptionSynchronizer
from tests.unit.web.billing.faults import losing_answers
from tests.unit.web.billing.shop import Shop

UPDATED = "customer.subscription.updated"


@pytest.fixture
def subscribed(shop: Shop) -> User:
    """Somebody whose subscription Stripe has, and we haven't heard of."""
    user = shop.user()
    card = shop.card(user)
    with losing_answers(shop, "/v1/subscriptions", method="post"), pytest.raises(StripeUnreachable):
        shop.billing.checkout.subscribe(user.user_id, card)
    return user


def test_should_sync_once_when_an_event_comes_twice(shop: Shop, subscribed: User) -> None:
    [subscription] = shop.subscriptions(subscribed)
    event = str(uuid.uuid4())
    assert shop.hear(UPDATED, subscription, event) is Outcome.SYNCED
    assert shop.hear(UPDATED, subscription, event) is Outcome.REPEATED
    assert shop.role(subscribed) is Role.PREMIUM_USER
    assert shop.plan_changes(subscribed) == 1


def test_should_believe_stripe_when_events_come_in_another_order(shop: Shop) -> None:
    user = shop.subscriber()
    active = shop.subscription(user)
    shop.client.v1.subscriptions.cancel(active.id)
    shop.hear("customer.subscription.deleted", shop.subscription(user))
    shop.hear(UPDATED, active)
    shop.hear("customer.subscription.created", active)
    assert shop.role(user) is Role.FREE_USER
    assert shop.plan_changes(user) == 2


SHAPES = {
    "2020-08-27": ("invoice.paid", {"subscription": "{subscription}", "payment_intent": "pi_1"}),
    "2024-09-30.acacia": (UPDATED, {"id": "{subscription}", "current_period_end": 1}),
    "2025-03-31.basil": (
        "invoice.paid",
        {"parent": {"subscription_details": {"subscription": "{subscription}"}}},
    ),
    API_VERSION: (
        "customer.subscription.created",
        {"id": "{subscription}", "items": {"data": [{"current_period_end": 1}]}},
    ),
    "2031-01-01.orchid": ("invoice.payment_succeeded_at_last", {"bill": "{subscription}"}),
}
"""How the same is told in some versions of the API: https://docs.stripe.com/changelog"""


@pytest.mark.parametrize("version", SHAPES)
def test_should_find_the_user_by_the_customer_when_an_event_is_of_any_version(
    shop: Shop, subscribed: User, version: str
) -> None:
    kind, shape = SHAPES[version]
    [subscription] = shop.subscriptions(subscribed)
    told = json.dumps(shape).replace("{subscription}", subscription.id)
    customer = shop.record(subscribed).stripe_customer_id
    body = {
        "id": str(uuid.uuid4()),
        "type": kind,
        "api_version": version,
        "data": {"object": json.loads(told) | {"customer": customer}},
    }
    text = json.dumps(body)
    assert shop.billing.stripe_events.handle(text.encode(), shop.sign(text)) is Outcome.SYNCED
    assert shop.role(subscribed) is Role.PREMIUM_USER


def test_should_be_free_when_the_customer_was_deleted(shop: Shop) -> None:
    user = shop.subscriber()
    customer = shop.client.v1.customers.retrieve(str(shop.record(user).stripe_customer_id))
    shop.client.v1.customers.delete(customer.id)
    assert shop.hear("customer.deleted", customer) is Outcome.SYNCED
    assert shop.role(user) is Role.FREE_USER


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("plan.created", {"id": "premium-monthly"}),
        ("customer.subscriptionx", {"customer": "cus_1"}),
        (UPDATED, {"id": "sub_1"}),
        (UPDATED, None),
    ],
)
def test_should_take_and_ignore_an_event_that_concerns_no_role(
    shop: Shop, kind: str, subject: object
) -> None:
    assert shop.hear(kind, subject) is Outcome.IGNORED


def test_should_take_an_event_when_nobody_here_is_the_customer(shop: Shop) -> None:
    stranger = shop.client.v1.customers.create({"email": "stranger@example.org"})
    for customer in (stranger.id, "cus_of_another_account"):
        assert shop.hear(UPDATED, {"customer": customer}) is Outcome.UNKNOWN_CUSTOMER


def test_should_touch_nobody_else_when_an_event_names_another_user(
    shop: Shop, subscribed: User
) -> None:
    other = shop.user()
    customer = shop.record(subscribed).stripe_customer_id
    subject = {"customer": customer, "metadata": {"user_id": other.user_id}}
    assert shop.hear(UPDATED, subject) is Outcome.UNKNOWN_CUSTOMER
    assert shop.role(other) is Role.FREE_USER


def test_should_refuse_when_the_signature_is_not_stripes(shop: Shop) -> None:
    body, signature = shop.event(UPDATED, {"customer": "cus_1"})
    take = shop.billing.stripe_events.handle
    old = shop.sign(body.decode(), int(time.time()) - TOLERANCE_SECONDS - 1)
    forged = signature[:-4] + "0000"
    for wrong in (None, "", "t=1", "t=x,v1=y", forged, old):
        with pytest.raises(BadSignature):
            take(body, wrong)
    with pytest.raises(BadSignature):
        take(body.replace(b"cus_1", b"cus_2"), signature)


@pytest.mark.parametrize("body", ["[]", "{}", "not JSON", json.dumps({"id": 1, "type": "x"})])
def test_should_refuse_when_what_is_signed_is_no_event(shop: Shop, body: str) -> None:
    with pytest.raises(InvalidEvent):
        shop.billing.stripe_events.handle(body.encode(), shop.sign(body))


def test_should_refuse_when_the_body_is_no_text(shop: Shop) -> None:
    with pytest.raises(BadSignature):
        shop.billing.stripe_events.handle(b"\xff\xfe", "t=1,v1=x")


def test_should_want_the_event_again_when_stripe_does_not_answer(
    shop: Shop, subscribed: User
) -> None:
    [subscription] = shop.subscriptions(subscribed)
    event = str(uuid.uuid4())
    with losing_answers(shop, "/v1/subscriptions"), pytest.raises(StripeUnreachable):
        shop.hear(UPDATED, subscription, event)
    assert shop.hear(UPDATED, subscription, event) is Outcome.SYNCED
    assert shop.role(subscribed) is Role.PREMIUM_USER


def test_should_want_the_event_again_when_the_plan_could_not_be_told(
    shop: Shop, subscribed: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    [subscription] = shop.subscriptions(subscribed)
    event = str(uuid.uuid4())

    def away(*_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://sqs.test")

    with monkeypatch.context() as patch:
        patch.setattr(type(shop.billing.synchronizer.notices), "deliver", away)
        with pytest.raises(EventNotProcessed):
            shop.hear(UPDATED, subscription, event)
    # Who failed holds the notices no longer: they are sent as soon as the event comes again.
    assert shop.hear(UPDATED, subscription, event) is Outcome.SYNCED
    assert shop.plan_changes(subscribed) == 1


def test_should_come_again_when_it_was_cut_off_before_its_effect(
    shop: Shop, subscribed: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    [subscription] = shop.subscriptions(subscribed)
    event = str(uuid.uuid4())

    def cut_off(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(SubscriptionSynchronizer, "sync", cut_off)
        with pytest.raises(SystemExit):
            shop.hear(UPDATED, subscription, event)
    assert shop.hear(UPDATED, subscription, event) is Outcome.SYNCED
