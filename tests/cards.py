"""What Stripe.js does in a browser with a card, by requests to the Stripe stand-in."""

import re
from dataclasses import dataclass
from typing import Any

import httpx

REQUEST_SECONDS = 60  # much more than an answer takes, even where the machine stalls

GOOD = "4242424242424242"
DECLINED = "4000000000000002"
"""Refused when it is set up."""

DECLINED_LATER = "4000000000000341"
"""Can be set up, and refused when it is charged."""

AUTHENTICATE = "4000002500003155"
"""Its bank wants every use confirmed (3-D Secure)."""


@dataclass(frozen=True)
class CardRefusal(Exception):
    """What Stripe.js shows of a card that it can't set up."""

    message: str


@dataclass(frozen=True)
class StripeJs:
    """Stripe.js, by the requests that it makes with the publishable key.

    Args:
        url: of the Stripe stand-in.
    """

    url: str

    def confirm_card_setup(self, client_secret: str, number: str) -> str:
        """Set up a card, confirming it where its bank asks; return the id of the setup intent.

        Raises:
            CardRefusal: it was declined.
        """
        intent = _id_in(client_secret)
        card = {"number": number, "exp_month": "12", "exp_year": "2034", "cvc": "123"}
        answer = self._post(
            f"/v1/setup_intents/{intent}/confirm",
            client_secret,
            payment_method_data={"type": "card", "card": card},
        )
        if answer["status"] == "requires_action":
            answer = self._post(f"/v1/setup_intents/{intent}/confirm", client_secret)
        assert answer["status"] == "succeeded"
        return intent

    def confirm_card_payment(self, client_secret: str, *, success: bool = True) -> None:
        """Confirm a payment at the card's bank, or fail to."""
        path = f"/v1/payment_intents/{_id_in(client_secret)}/_authenticate"
        self._post(f"{path}?success={str(success).lower()}", client_secret)

    def _post(self, path: str, client_secret: str, **body: object) -> dict[str, Any]:
        answer = httpx.post(
            self.url + path,
            json={"key": "pk_test_1", "client_secret": client_secret, **body},
            timeout=REQUEST_SECONDS,
        )
        data: dict[str, Any] = answer.json()
        if answer.status_code == 402:
            raise CardRefusal(data["error"]["message"])
        answer.raise_for_status()
        return data


def _id_in(client_secret: str) -> str:
    found = re.match(r"^(\w+)_secret_", client_secret)
    assert found
    return found[1]
