"""The plans and the price, for people without an account."""

import pytest

from runtime.web.services.billing.billing_errors import UNREACHABLE, StripeUnreachable
from runtime.web.services.billing.stripe_account import StripeAccount
from tests.unit.web.site import Site


def test_should_say_price_taxes_and_limits_when_a_visitor_asks(paying_site: Site) -> None:
    page = paying_site.visitor().get("/pricing").text
    assert "9.00 EUR every month" in page
    assert "no tax is added" in page
    assert "150 KB" in page
    assert paying_site.visitor().get("/register").text.count('href="/pricing"') == 2


def test_should_ask_stripe_once_in_a_while_when_it_does_not_answer(
    own_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def fail(account: StripeAccount) -> None:
        asked.append(account)
        raise StripeUnreachable(UNREACHABLE)

    monkeypatch.setattr(StripeAccount, "price", fail)
    pages = [own_site.visitor().get("/pricing") for _ in range(3)]
    assert [page.status_code for page in pages] == [200] * 3
    assert all(
        "can&#39;t show the price" in page.text or "can't show" in page.text for page in pages
    )
    assert len(asked) <= 1
