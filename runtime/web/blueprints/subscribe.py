"""The user's plan: subscribe, pay, cancel. The browser sends card data directly to Stripe."""

from collections.abc import Callable
from typing import Annotated

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import StringConstraints

from runtime.common.audit import Action
from runtime.common.users import User
from runtime.web.access import login_required
from runtime.web.context import services
from runtime.web.error_pages import wants_json
from runtime.web.extensions.audit import audited
from runtime.web.forms import Form, json_body
from runtime.web.services.billing.billing_errors import BillingError, CardDeclined
from runtime.web.services.billing.billing_services import BillingServices
from runtime.web.services.billing.plan_status import PlanState
from runtime.web.services.billing.subscription_service import BillingDetails
from runtime.web.services.billing.subscription_sync import SyncConflict, SyncResult
from runtime.web.services.rate_limit import HOUR, RateLimit

blueprint = Blueprint("subscribe", __name__)

PAGE = "subscribe.page"
"""The endpoint of the only page that runs Stripe.js."""

BUSY = "Your plan is being changed. Check again in a few seconds."

CARDS = RateLimit("card", attempts=20, seconds=HOUR)
"""By one user: enough for several cards of one's own, too few for a list of stolen ones."""

MESSAGES = {
    PlanState.PENDING: "Your payment is being processed. Check again in a minute.",
    PlanState.DECLINED: "{refusal} Nothing was charged. Use another card.",
    PlanState.PAST_DUE: "{refusal} Use another card.",
    PlanState.FREE: "The payment wasn't confirmed, and nothing was charged. Try again, or use "
    "another card.",
}
"""What to say when the user isn't on Premium; `refusal` is Stripe's sentence."""

DECLINED = "The card was declined."

CANCELLATION_MESSAGES = {
    PlanState.ENDING: "Your subscription is cancelled.",
    PlanState.FREE: "You are on the Free plan, and nothing more is charged.",
}
"""The result of a cancellation: a paid subscription ends later, an unpaid one at once."""


class CardAttempt(Form):
    """The browser's id of one attempt to set up a card: the same id gets the same intent."""

    attempt: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class CardSetUp(Form):
    """A card that Stripe.js has set up, by Stripe's id of the SetupIntent."""

    setup_intent: Annotated[str, StringConstraints(pattern=r"^seti_[A-Za-z0-9_]{1,200}$")]


@blueprint.get("/subscribe")
@login_required
def page(user: User) -> ResponseReturnValue:
    """Show the plan, and the card form to users who have something to pay or to change."""
    account = _billing().account
    try:
        status = _billing().subscriptions.status(user)
        price = account.price()
    except BillingError as error:
        return render_template("subscribe_unavailable.html", user=user, sentence=str(error)), 503
    return render_template(
        "subscribe.html",
        user=user,
        status=status,
        price=price,
        account=account,
        retention_minutes=round(_billing().free_retention_seconds / 60),
        changes_card="card" in request.args,
    )


@blueprint.post("/billing/setup")
@login_required
def set_up(user: User) -> ResponseReturnValue:
    """Give the browser the client secret with which Stripe.js sets up a card."""
    form = json_body(CardAttempt)
    services().accounts.limiter.hit(CARDS, user.user_id)
    return _json(
        lambda: {
            "client_secret": _billing().checkout.create_setup_intent(user.user_id, form.attempt)
        }
    )


@blueprint.post("/billing/subscribe")
@audited(Action.PLAN_CHANGE_ASKED)
@login_required
def subscribe(user: User) -> ResponseReturnValue:
    """Charge the card that was set up."""
    form = json_body(CardSetUp)
    return _json(
        lambda: _for_script(_billing().checkout.subscribe(user.user_id, form.setup_intent))
    )


@blueprint.post("/billing/check")
@login_required
def check(user: User) -> ResponseReturnValue:
    """Ask Stripe again, and update the plan."""
    sync = _billing().synchronizer.sync
    if wants_json():
        return _json(lambda: _for_script(sync(user.user_id)))
    return _page_after(lambda: sync(user.user_id), lambda _: "")


@blueprint.post("/billing/cancel")
@audited(Action.PLAN_CHANGE_ASKED)
@login_required
def cancel(user: User) -> ResponseReturnValue:
    """Cancel the subscription."""
    return _page_after(
        lambda: _billing().subscriptions.cancel(user.user_id),
        lambda result: CANCELLATION_MESSAGES.get(result.status.state, ""),
    )


@blueprint.post("/billing/resume")
@audited(Action.PLAN_CHANGE_ASKED)
@login_required
def resume(user: User) -> ResponseReturnValue:
    """Resume a subscription that was cancelled."""
    return _page_after(
        lambda: _billing().subscriptions.resume(user.user_id),
        lambda _: "Your subscription continues.",
    )


@blueprint.app_template_global("billing_details")
def billing_details(user: User) -> BillingDetails | None:
    """Return what the profile shows of a user's plan; None when Stripe doesn't answer."""
    try:
        return _billing().subscriptions.details(user)
    except BillingError:
        return None


def _billing() -> BillingServices:
    return services().billing


def _for_script(result: SyncResult | None) -> dict[str, str | None]:
    """What the page's script needs."""
    if result is None:
        abort(401)
    status = result.status
    return {
        "state": status.state,
        "message": MESSAGES.get(status.state, "").format(refusal=status.refusal or DECLINED),
        "client_secret": status.client_secret,
    }


def _json(ask: Callable[[], dict[str, str | None]]) -> ResponseReturnValue:
    try:
        return jsonify(ask())
    except CardDeclined as error:
        return jsonify(error=str(error)), 402
    except BillingError as error:
        return jsonify(error=str(error)), 503
    except SyncConflict:
        return jsonify(error=BUSY), 503


def _page_after(
    change: Callable[[], SyncResult | None], done: Callable[[SyncResult], str]
) -> ResponseReturnValue:
    """Redirect to the page, which shows the status and a message about the result."""
    try:
        result = change()
        message = done(result) if result else ""
    except BillingError as error:
        message = str(error)
    except SyncConflict:
        message = BUSY
    if message:
        flash(message)
    return redirect(url_for("subscribe.page"), code=303)
