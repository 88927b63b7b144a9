"""What people read when Stripe refuses a card: sentences, whatever Stripe.js reports."""

import pytest
import stripe

from runtime.web.extensions.assets import STATIC
from runtime.web.services.billing.billing_errors import CardDeclined, sentence, translated_errors
from tests.unit.node import run_by_node

NEXT = "Nothing was charged. Try again, or use another card."
UNREAD = "Stripe couldn't use this card. Check its number, expiry date and security code."
PROBLEMS: list[tuple[dict[str, str], str]] = [
    (
        {"type": "card_error", "message": "Your card was declined."},
        f"Your card was declined. {NEXT}",
    ),
    ({"type": "card_error", "message": "your card has expired"}, f"Your card has expired. {NEXT}"),
    (
        {"type": "validation_error", "message": "Your card number is incomplete."},
        "Your card number is incomplete.",
    ),
    ({"type": "invalid_request_error", "message": "No such setupintent: 'x'"}, f"{UNREAD} {NEXT}"),
    ({"type": "invalid_request_error", "message": "Bad request"}, f"{UNREAD} {NEXT}"),
    ({"message": "setup_intent has status canceled"}, f"{UNREAD} {NEXT}"),
    (
        {"type": "invalid_request_error", "code": "setup_intent_authentication_failure"},
        f"Your bank didn't confirm the card. {NEXT}",
    ),
    (
        {"type": "api_connection_error", "message": "Failed to fetch"},
        f"We can't reach Stripe from your browser. Check your connection. {NEXT}",
    ),
]
SCRIPT = """
import { readFileSync } from "node:fs";
const { cardProblem } = await import(`${process.argv[1]}/js/stripe_errors.js`);
const errors = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(errors.map(cardProblem)));
"""


def test_should_be_a_sentence_with_what_to_do_when_stripes_script_refuses_a_card() -> None:
    said = run_by_node(SCRIPT, str(STATIC), given=[error for error, _ in PROBLEMS])
    assert said == [expected for _, expected in PROBLEMS]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Your card was declined", "Your card was declined."),
        ("Your card was declined. ", "Your card was declined."),
    ],
)
def test_should_end_with_a_stop_when_it_stands_in_front_of_another(
    message: str, expected: str
) -> None:
    assert sentence(message) == expected
    refusal = stripe.CardError(message, None, "card_declined")  # type: ignore[no-untyped-call]
    with pytest.raises(CardDeclined) as raised, translated_errors():
        raise refusal
    assert str(raised.value) == expected
