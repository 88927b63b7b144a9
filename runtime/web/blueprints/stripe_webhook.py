"""Receives Stripe's events, authenticated by their signature: no session, no CSRF token."""

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from runtime.common.log import get_logger
from runtime.contract.site import STRIPE_WEBHOOK_PATH
from runtime.web.access import public
from runtime.web.context import services
from runtime.web.extensions.csrf import csrf
from runtime.web.services.billing.billing_errors import BillingError
from runtime.web.services.billing.stripe_events import BadSignature, EventNotProcessed, InvalidEvent
from runtime.web.services.billing.subscription_sync import SyncConflict

blueprint = Blueprint("stripe_webhook", __name__)
csrf.exempt(blueprint)

MAX_EVENT_BYTES = 256 * 1024
"""An invoice with one line has about 10 KB, and an event holds at most a page of lines."""

_log = get_logger(__name__)


@blueprint.post(STRIPE_WEBHOOK_PATH)
@public
def receive() -> ResponseReturnValue:
    """Handle an event. After 200 nothing is left to do; otherwise Stripe sends it again."""
    request.max_content_length = MAX_EVENT_BYTES
    try:
        outcome = services().billing.stripe_events.handle(
            request.get_data(), request.headers.get("Stripe-Signature")
        )
    except BadSignature as error:
        _log.warning("event refused", reason=str(error))
        abort(400, "This isn't signed by Stripe.")
    except InvalidEvent as error:
        _log.warning("event not understood", reason=str(error))
        abort(400, "This isn't an event with a snapshot of its object: see docs/billing.md.")
    except (BillingError, EventNotProcessed, SyncConflict) as error:
        _log.warning("event must be sent again", reason=str(error))
        abort(503, "Send it again later.")
    return jsonify(outcome=outcome)
