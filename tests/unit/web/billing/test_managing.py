"""What subscribers see, and what happens at Stripe when their account goes."""

import pytest

from runtime.web.services.billing.account import money
from runtime.web.services.billing.errors import Unreachable
from runtime.web.services.billing.standing import State
from tests.unit.web.billing.faults import losing_answers
from tests.unit.web.billing.shop import Shop


def test_should_show_card_and_invoices_when_there_is_a_subscription(shop: Shop) -> None:
    user = shop.subscriber()
    details = shop.billing.subscriptions.details(user)
    assert details.standing.state is State.PREMIUM
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


def test_should_end_everything_when_the_account_is_deleted(shop: Shop) -> None:
    user = shop.subscriber()
    subscription = shop.subscription(user)
    for _ in range(2):
        shop.billing.subscriptions.end_all(user)
    assert shop.client.v1.subscriptions.retrieve(subscription.id).status == "canceled"


def test_should_do_nothing_when_an_account_without_a_customer_is_deleted(shop: Shop) -> None:
    shop.billing.subscriptions.end_all(shop.user())


def test_should_keep_the_account_when_stripe_does_not_answer(shop: Shop) -> None:
    user = shop.subscriber()
    with losing_answers(shop, "/v1/subscriptions"), pytest.raises(Unreachable):
        shop.billing.subscriptions.end_all(user)


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [(900, "eur", "9.00 EUR"), (123456, "usd", "1,234.56 USD"), (1200, "jpy", "1,200 JPY")],
)
def test_should_read_as_money_when_an_amount_is_shown(
    amount: int, currency: str, shown: str
) -> None:
    assert money(amount, currency) == shown


def test_should_ask_for_the_price_once_when_it_is_shown_often(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert str(shop.billing.account.price()) == "9.00 EUR"
    monkeypatch.setattr(shop.billing.account, "client", None)
    assert shop.billing.account.price().interval == "month"
