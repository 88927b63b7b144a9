"""The account at Stripe that is paid: its client, and the plan that it sells."""

import threading
from dataclasses import dataclass, field

import stripe

from runtime.common.config import STRIPE_URL
from runtime.web.services.billing.errors import asking_stripe
from runtime.web.services.billing.keys import KeyRing

API_VERSION = "2026-10-28.endive"
"""What answers look like; raised together with the package `stripe`.
https://docs.stripe.com/api/versioning"""

TIMEOUT_SECONDS = (3.0, 8.0)
"""To connect, and to wait for an answer."""

RETRIES = 2
"""After time-outs, conflicts and faults of Stripe's, with backoff and jitter. All tries together
take less than 40 s, and the load balancer waits longer for a page."""

ZERO_DECIMAL = frozenset(
    "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf".split()  # noqa: SIM905
)
"""Currencies whose amounts are whole units: https://docs.stripe.com/currencies#zero-decimal"""


@dataclass(frozen=True)
class Price:
    """What the plan costs: the amount in the currency's smallest unit, once every `interval`."""

    amount: int
    currency: str
    interval: str

    def __str__(self) -> str:
        """As people read it: 9.00 EUR."""
        return money(self.amount, self.currency)


def money(amount: int, currency: str) -> str:
    """Return an amount of a currency's smallest unit as people read it: 900 eur is "9.00 EUR"."""
    shown = f"{amount:,}" if currency in ZERO_DECIMAL else f"{amount / 100:,.2f}"
    return f"{shown} {currency.upper()}"


@dataclass
class StripeAccount:
    """Makes the client, one for as long as the key stays the same.

    Args:
        plan: id of the price or plan.
        publishable_key: what the pages hold.
        url: of the API.
    """

    ring: KeyRing
    plan: str
    publishable_key: str
    url: str = STRIPE_URL
    _clients: dict[str, stripe.StripeClient] = field(default_factory=dict, repr=False)
    _price: Price | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def is_stripe(self) -> bool:
        """Whether this is Stripe itself, and not what stands for it on a laptop."""
        return self.url == STRIPE_URL

    @property
    def script_url(self) -> str:
        """Of Stripe.js, which must come from Stripe: https://docs.stripe.com/js/including"""
        return "https://js.stripe.com/v3/" if self.is_stripe else f"{self.url}/js.stripe.com/v3/"

    @property
    def page_sources(self) -> dict[str, tuple[str, ...]]:
        """What the page needs of Stripe, by directive of a content security policy.

        https://docs.stripe.com/security/guide#content-security-policy
        """
        if not self.is_stripe:
            return {"script-src": (self.url,), "connect-src": (self.url,)}
        scripts = ("https://js.stripe.com", "https://*.js.stripe.com")
        return {
            "script-src": scripts,
            "frame-src": (*scripts, "https://hooks.stripe.com"),
            "connect-src": ("https://api.stripe.com",),
        }

    def client(self) -> stripe.StripeClient:
        """Return the client of the current key.

        Raises:
            NotSetUp: there is no key.
        """
        key = self.ring.keys().secret_key
        with self._lock:
            if key not in self._clients:
                self._clients = {key: self._connect(key)}
            return self._clients[key]

    def price(self) -> Price:
        """Return what the plan costs; it's asked once, for a price never changes at Stripe.

        Raises:
            BillingError: Stripe doesn't say.
        """
        if self._price is None:
            with asking_stripe():
                plan = self.client().v1.plans.retrieve(self.plan)
            self._price = Price(plan.amount or 0, plan.currency, plan.interval)
        return self._price

    def _connect(self, key: str) -> stripe.StripeClient:
        return stripe.StripeClient(
            key,
            stripe_version=API_VERSION,
            base_addresses={"api": self.url},
            max_network_retries=RETRIES,
            http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        )
