"""The Stripe account that receives the payments: its client, and the plan that it sells."""

import threading
import time
from dataclasses import dataclass, field

import stripe

from runtime.common.log import get_logger
from runtime.contract.processes import STRIPE_URL
from runtime.web.services.billing.billing_errors import (
    NOT_CONFIGURED,
    BillingError,
    NotConfigured,
    translated_errors,
)
from runtime.web.services.billing.stripe_keys import StripeKeyStore

API_VERSION = "2026-10-28.endive"
"""The format of requests and answers, whatever the account's own version is; raised together with
the package `stripe`. https://docs.stripe.com/api/versioning"""

RELEASE = API_VERSION.partition(".")[2]
"""Stripe.js has a version for each release of the API, and asks the API in that one.
https://docs.stripe.com/sdks/stripejs-versioning"""

TIMEOUT_SECONDS = (3.0, 8.0)
"""To connect, and to wait for an answer."""

RETRIES = 2
"""After time-outs, conflicts and errors at Stripe, with backoff and jitter. All attempts together
take less than 40 s, and the load balancer waits longer for a page."""

PAUSE_SECONDS = 60.0
"""After a price that Stripe didn't tell, before a visitor's page asks again."""

# Codes in one text are read more easily than as many literals, hence the `noqa` comments.
ZERO_DECIMAL = frozenset(
    "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf".split()  # noqa: SIM905
)
THREE_DECIMAL = frozenset("bhd jod kwd omr tnd".split())  # noqa: SIM905
"""Currencies whose amounts are whole units, and thousandths of one; the others' are hundredths.
https://docs.stripe.com/currencies#minor-units. Babel's numbers of decimals, from CLDR, are those of
everyday use: it gives none to HUF, IDR, ISK, COP and eight others that Stripe counts in hundredths,
so that 9.00 would read 900."""

_log = get_logger(__name__)


@dataclass(frozen=True)
class Price:
    """What the plan costs: an amount in the currency's smallest unit, every `period`."""

    amount: int
    currency: str
    period: str

    def __str__(self) -> str:
        """As people read it: 9.00 EUR."""
        return money(self.amount, self.currency)


def money(amount: int, currency: str) -> str:
    """Return an amount of a currency's smallest unit as people read it: 900 eur is "9.00 EUR"."""
    decimals = 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2
    return f"{amount / 10**decimals:,.{decimals}f} {currency.upper()}"


def price_of(price: stripe.Price) -> Price:
    """Read a price of Stripe's.

    Raises:
        NotConfigured: it isn't a recurring fixed amount.
    """
    recurring, amount = price.recurring, price.unit_amount
    if recurring is None or amount is None:
        _log.error("the stage's price isn't a recurring fixed amount", price=price.id)
        raise NotConfigured(NOT_CONFIGURED)
    count = recurring.interval_count
    period = recurring.interval if count == 1 else f"{count} {recurring.interval}s"
    return Price(amount, price.currency, period)


@dataclass
class StripeAccount:
    """Creates the client, one for as long as the key stays the same.

    Args:
        plan: id of the price.
        publishable_key: the key for Stripe.js in the pages.
        url: of the API.
    """

    key_store: StripeKeyStore
    plan: str
    publishable_key: str
    url: str = STRIPE_URL
    _clients: dict[str, stripe.StripeClient] = field(default_factory=dict, repr=False)
    _price: Price | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _asking: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _ask_again: float = 0.0

    @property
    def is_stripe(self) -> bool:
        """Whether this is Stripe itself, and not the stand-in on a laptop."""
        return self.url == STRIPE_URL

    @property
    def script_url(self) -> str:
        """URL of Stripe.js, which must come from Stripe: https://docs.stripe.com/js/including"""
        if self.is_stripe:
            return f"https://js.stripe.com/{RELEASE}/stripe.js"
        return f"{self.url}/js.stripe.com/v3/"

    @property
    def page_sources(self) -> dict[str, tuple[str, ...]]:
        """What the page needs from Stripe, by the directive of its content security policy.

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
            NotConfigured: there is no key, or one of test mode while the pages have one of live
                mode, or the reverse: objects of one mode don't exist in the other.
        """
        key = self.key_store.keys().secret_key
        if _mode(key) != _mode(self.publishable_key):
            _log.error(
                "Stripe's keys are of different modes",
                secret=_mode(key),
                publishable=_mode(self.publishable_key),
            )
            raise NotConfigured(NOT_CONFIGURED)
        with self._lock:
            if key not in self._clients:
                self._clients = {key: self._connect(key)}
            return self._clients[key]

    def price(self) -> Price:
        """Return what the plan costs; Stripe is asked once, because prices there never change.

        Raises:
            BillingError: Stripe doesn't say.
        """
        if self._price is None:
            with translated_errors():
                self._price = price_of(self.client().v1.prices.retrieve(self.plan))
        return self._price

    @property
    def known_price(self) -> Price | None:
        """What the plan costs, if Stripe has said it; this asks nobody."""
        return self._price

    def price_for_visitors(self) -> Price | None:
        """Return what the plan costs, for a page that anybody may ask for; None if Stripe fails.

        One request at a time asks Stripe, and after a failure none does for a while: visitors must
        neither wait for Stripe all at once, nor make us ask it without end.
        """
        if self._price is not None:
            return self._price
        if time.monotonic() < self._ask_again or not self._asking.acquire(blocking=False):
            return None
        try:
            return self.price()
        except BillingError as error:
            _log.warning("visitors see no price", reason=str(error))
            self._ask_again = time.monotonic() + PAUSE_SECONDS
            return None
        finally:
            self._asking.release()

    def _connect(self, key: str) -> stripe.StripeClient:
        return stripe.StripeClient(
            key,
            stripe_version=API_VERSION,
            base_addresses={"api": self.url},
            max_network_retries=RETRIES,
            http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        )


def _mode(key: str) -> str:
    """Test or live: the second word of a key."""
    return key.split("_")[1]
