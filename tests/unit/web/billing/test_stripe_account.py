"""The account at Stripe: what its plan costs, and where the browser meets it."""

import re
from pathlib import Path
from typing import Any

import pytest
import stripe
from structlog.testing import capture_logs

from runtime.web.services.billing.billing_errors import NotConfigured
from runtime.web.services.billing.stripe_account import (
    API_VERSION,
    RELEASE,
    StripeAccount,
    money,
    price_of,
)
from tests.unit.web.billing.shop import Shop

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (900, "eur", "9.00 EUR"),
        (123456, "usd", "1,234.56 USD"),
        (1200, "jpy", "1,200 JPY"),
        (90000, "huf", "900.00 HUF"),
    ],
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
    assert shop.billing.account.price().period == "month"


def test_should_name_stripe_and_nobody_else_when_the_stage_is_a_real_one() -> None:
    account = StripeAccount(key_store=None, plan="p", publishable_key="pk")  # type: ignore[arg-type]
    assert account.script_url == f"https://js.stripe.com/{RELEASE}/stripe.js"
    hosts = {source for sources in account.page_sources.values() for source in sources}
    assert all(re.fullmatch(r"https://(\*\.)?(\w+\.)+stripe\.com", host) for host in hosts)
    assert account.page_sources.keys() == {"script-src", "frame-src", "connect-src"}


@pytest.mark.parametrize(("count", "period"), [(1, "month"), (3, "3 months")])
def test_should_name_the_whole_period_when_a_price_comes_every_few_months(
    count: int, period: str
) -> None:
    price = price_at_stripe(recurring={"interval": "month", "interval_count": count})
    assert price_of(price).period == period


@pytest.mark.parametrize("wrong", [{"recurring": None}, {"unit_amount": None}])
def test_should_say_that_payments_are_not_set_up_when_the_price_is_no_fixed_one(
    wrong: dict[str, None],
) -> None:
    with capture_logs() as logs, pytest.raises(NotConfigured):
        price_of(price_at_stripe(**wrong))
    assert logs[0]["price"] == "price_1"


def price_at_stripe(**other: object) -> stripe.Price:
    values = {
        "id": "price_1",
        "currency": "eur",
        "unit_amount": 900,
        "recurring": {"interval": "month", "interval_count": 1},
        **other,
    }
    return stripe.Price.construct_from(values, None)


def test_should_say_that_payments_are_not_set_up_when_the_keys_are_of_two_modes(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop.billing.account, "publishable_key", "pk_live_shop")
    with capture_logs() as logs, pytest.raises(NotConfigured):
        shop.billing.account.client()
    assert logs[0]["secret"] == "test"
    assert shop.payments.keys.secret_key not in str(logs)


def test_should_ask_in_one_version_when_server_and_page_meet_stripe(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions: list[str] = []
    send = stripe.RequestsClient.request

    def note(self: Any, method: str, url: str, headers: Any, *rest: Any) -> Any:
        versions.append(headers["Stripe-Version"])
        return send(self, method, url, headers, *rest)

    monkeypatch.setattr(stripe.RequestsClient, "request", note)
    shop.subscriber()
    assert set(versions) == {API_VERSION}
    assert stripe.api_version == API_VERSION  # what the client's types are made of
    assert API_VERSION.endswith(f".{RELEASE}")


def test_should_name_the_version_that_is_asked_in_when_an_operator_reads_the_docs() -> None:
    assert f"API version **{API_VERSION}**" in (ROOT / "docs/billing.md").read_text()
