"""What subscribers see, and what happens at Stripe when their account goes."""

import pytest

from runtime.web.services.billing.billing_errors import StripeUnreachable
from runtime.web.services.billing.plan_status import PlanState
from runtime.web.services.billing.stripe_reader import retrieve_customer
from tests.unit.web.billing.faults import losing_answers
from tests.unit.web.billing.shop import Shop


def test_should_show_card_and_invoices_when_there_is_a_subscription(shop: Shop) -> None:
    user = shop.subscriber()
    details = shop.billing.subscriptions.details(user)
    assert details.status.state is PlanState.PREMIUM
    assert details.card
    assert (details.card.brand, details.card.last4, details.card.expires) == (
        "Visa",
        "4242",
        "12/2034",
    )
    [invoice] = details.invoices
    assert (invoice.amount, invoice.status) == ("9.00 EUR", "paid")
    assert invoice.url
    assert invoice.url.startswith(shop.payments.url)


def test_should_show_nothing_when_there_is_no_customer(shop: Shop) -> None:
    details = shop.billing.subscriptions.details(shop.user())
    assert (details.card, details.invoices) == (None, ())


def test_should_show_nothing_when_the_customer_was_deleted(shop: Shop) -> None:
    user = shop.subscriber()
    shop.client.v1.customers.delete(str(shop.record(user).stripe_customer_id))
    details = shop.billing.subscriptions.details(user)
    assert (details.card, details.invoices) == (None, ())


def test_should_have_the_record_put_right_when_an_event_never_came(shop: Shop) -> None:
    user = shop.subscriber()
    shop.fail_renewal(user)
    assert not shop.billing.subscriptions.status(user).in_sync
    shop.sync(user)
    assert shop.billing.subscriptions.status(user).in_sync


def test_should_end_everything_when_the_account_is_deleted(shop: Shop) -> None:
    user = shop.subscriber()
    subscription = shop.subscription(user)
    for _ in range(2):
        shop.billing.subscriptions.delete_customer(user)
    assert shop.client.v1.subscriptions.retrieve(subscription.id).status == "canceled"


def test_should_forget_the_customer_when_an_answer_was_lost_as_the_account_is_deleted(
    shop: Shop,
) -> None:
    user = shop.subscriber()
    subscription, customer = shop.subscription(user), str(shop.record(user).stripe_customer_id)
    with losing_answers(shop, subscription.id, "delete", most=1):
        shop.billing.subscriptions.delete_customer(user)
    assert retrieve_customer(shop.client, customer) is None
    assert shop.client.v1.subscriptions.retrieve(subscription.id).status == "canceled"


def test_should_leave_nothing_to_pay_when_the_account_is_deleted(shop: Shop) -> None:
    user = shop.subscriber()
    shop.fail_renewal(user)
    unpaid = str(shop.subscription(user).latest_invoice)
    shop.billing.subscriptions.delete_customer(user)
    assert shop.client.v1.invoices.retrieve(unpaid).status == "void"


def test_should_be_free_when_one_ends_what_is_not_paid_and_the_answer_is_lost(shop: Shop) -> None:
    user = shop.subscriber()
    shop.fail_renewal(user)
    shop.sync(user)
    with losing_answers(shop, shop.subscription(user).id, "delete", most=1):
        result = shop.billing.subscriptions.cancel(user.user_id)
    assert result
    assert result.status.state is PlanState.FREE


def test_should_do_nothing_when_an_account_without_a_customer_is_deleted(shop: Shop) -> None:
    shop.billing.subscriptions.delete_customer(shop.user())


def test_should_keep_the_account_when_stripe_does_not_answer(shop: Shop) -> None:
    user = shop.subscriber()
    with losing_answers(shop, "/v1/subscriptions"), pytest.raises(StripeUnreachable):
        shop.billing.subscriptions.delete_customer(user)
