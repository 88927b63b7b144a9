"""The landing page says what Premium costs, once Stripe has said it."""

from runtime.web.server import show_price
from tests.unit.web.site import Site


def test_should_name_the_price_when_stripe_has_said_it(paying_site: Site) -> None:
    show_price(paying_site.app, paying_site.services)
    assert "for 9.00 EUR every month." in " ".join(paying_site.visitor().get("/").text.split())
