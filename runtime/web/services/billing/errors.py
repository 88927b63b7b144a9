"""What goes wrong with payments, in the words of who asked."""

from collections.abc import Iterator
from contextlib import contextmanager

import stripe

from runtime.common.log import get_logger

_log = get_logger(__name__)


class BillingError(Exception):
    """Base of all; the text is a sentence for the person who pays."""


class NotSetUp(BillingError):
    """The stage's keys are missing or refused: the operator's affair."""


class Unreachable(BillingError):
    """Stripe gave no answer that counts. What was asked for may have happened, or not."""


class CardRefused(BillingError):
    """The card can't be charged; the text is Stripe's sentence."""


class Refused(BillingError):
    """Stripe refused what we asked."""


UNREACHABLE = (
    "Stripe, which handles payments, doesn't answer at the moment. If you have just paid, your "
    "plan changes by itself within minutes, and you won't be charged twice."
)
NOT_SET_UP = "Payments aren't possible here at the moment. The people who run this site know why."
REFUSED = "Stripe refused the request. Reload the page and try again."


@contextmanager
def asking_stripe() -> Iterator[None]:
    """Turn what Stripe's client raises into a BillingError.

    https://docs.stripe.com/api/errors; a request of ours that is wrong is logged with Stripe's id
    of it, by which their support finds it.
    """
    try:
        yield
    except stripe.CardError as error:
        raise CardRefused(error.user_message or "Your card was declined.") from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        _log.exception("Stripe refuses the key", request=error.request_id)
        raise NotSetUp(NOT_SET_UP) from error
    except (stripe.InvalidRequestError, stripe.IdempotencyError) as error:
        _log.exception("Stripe refuses a request", request=error.request_id)
        raise Refused(REFUSED) from error
    except stripe.StripeError as error:
        _log.warning("Stripe doesn't answer", reason=str(error), request=error.request_id)
        raise Unreachable(UNREACHABLE) from error


def is_missing(error: stripe.InvalidRequestError) -> bool:
    """Whether Stripe doesn't know what was named, or doesn't any more."""
    return error.http_status == 404 or error.code == "resource_missing"


@contextmanager
def unless_missing() -> Iterator[None]:
    """Take what Stripe doesn't know for what is gone already, as was wanted."""
    try:
        yield
    except stripe.InvalidRequestError as error:
        if not is_missing(error):
            raise
