"""What can go wrong with payments, with a sentence for the user."""

from collections.abc import Iterator
from contextlib import contextmanager

import stripe

from runtime.common.log import get_logger

_log = get_logger(__name__)


class BillingError(Exception):
    """Base of all; the text is a sentence for the user."""


class NotConfigured(BillingError):
    """The stage's keys are missing or refused: the operators must act."""


class StripeUnreachable(BillingError):
    """Stripe gave no usable answer. What was asked for may have happened or not."""


class CardDeclined(BillingError):
    """The card can't be charged; the text is Stripe's sentence."""


class RequestRefused(BillingError):
    """Stripe refused what we asked."""


UNREACHABLE = (
    "Stripe, which handles payments, isn't responding at the moment. If you have just paid, your "
    "plan changes within minutes, and you won't be charged twice."
)
NOT_CONFIGURED = "Payments aren't possible at the moment. Try again later."
REFUSED = "Stripe refused the request. Reload the page and try again."


def sentence(message: str) -> str:
    """Return Stripe's message about a card with a full stop, for it stands in front of ours.

    Only messages of card errors are meant for people: https://docs.stripe.com/api/errors
    """
    plain = message.strip()
    return plain if plain.endswith((".", "!", "?")) else f"{plain}."


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn what Stripe's client raises into a BillingError: https://docs.stripe.com/api/errors

    Our own wrong requests are logged with Stripe's request id, by which its support finds them.
    """
    try:
        yield
    except stripe.CardError as error:
        raise CardDeclined(sentence(error.user_message or "Your card was declined.")) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        _log.exception("Stripe refused the key", request=error.request_id)
        raise NotConfigured(NOT_CONFIGURED) from error
    except (stripe.InvalidRequestError, stripe.IdempotencyError) as error:
        _log.exception("Stripe refused a request", request=error.request_id)
        raise RequestRefused(REFUSED) from error
    except stripe.StripeError as error:
        _log.warning("Stripe doesn't answer", reason=str(error), request=error.request_id)
        raise StripeUnreachable(UNREACHABLE) from error


def is_missing(error: stripe.InvalidRequestError) -> bool:
    """Whether Stripe doesn't know the named object, or no longer does."""
    return error.http_status == 404 or error.code == "resource_missing"


@contextmanager
def ignore_missing() -> Iterator[None]:
    """Accept that Stripe doesn't know an object that was to be deleted: it is gone already."""
    try:
        yield
    except stripe.InvalidRequestError as error:
        if not is_missing(error):
            raise
