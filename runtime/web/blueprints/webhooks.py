"""Where Stripe sends its events. Their signature is what proves them: no session, no CSRF token."""

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

blueprint = Blueprint("webhooks", __name__)
csrf.exempt(blueprint)

MAX_EVENT_BYTES = 256 * 1024
"""An invoice of one line has about 10 KB; a page of lines at most comes with an event."""

_log = get_logger(__name__)


@blueprint.post(STRIPE_WEBHOOK_PATH)
@public
def stripe() -> ResponseReturnValue:
    """Take an event. 200 says that nothing is left to do; else Stripe sends it again."""
    request.max_content_length = MAX_EVENT_BYTES
    try:
        outcome = services().billing.webhooks.handle(
            request.get_data(), request.headers.get("Stripe-Signature")
        )
    except BadSignature as error:
        _log.warning("event refused", reason=str(error))
        abort(400, "This isn't signed by Stripe.")
    except InvalidEvent as error:
        _log.warning("event not understood", reason=str(error))
        abort(400, "This is no event with a snapshot of its object: docs/billing.md.")
    except (BillingError, EventNotProcessed, SyncConflict) as error:
        _log.warning("event to come again", reason=str(error))
        abort(503, "Send it again later.")
    return jsonify(outcome=outcome)
