"""The plan of a user: subscribe, pay, cancel. Card data goes from the browser to Stripe alone."""

from collections.abc import Callable
from typing import Annotated

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import StringConstraints

from runtime.common.users import Role, User
from runtime.web.access import login_required
from runtime.web.context import services
from runtime.web.error_pages import wants_json
from runtime.web.forms import Form, json_body
from runtime.web.services.billing.errors import BillingError, CardRefused
from runtime.web.services.billing.managing import Details
from runtime.web.services.billing.services import Billing
from runtime.web.services.billing.settling import Settled, Unsettled
from runtime.web.services.billing.standing import State
from runtime.web.services.rate_limit import HOUR, RateLimit

blueprint = Blueprint("subscribe", __name__)

PAGE = "subscribe.page"
"""The endpoint of the one page that Stripe.js runs in."""

BUSY = "Your plan is being changed at this moment. Check again in a few seconds."

CARDS = RateLimit("card", attempts=20, seconds=HOUR)
"""Of one user: enough for a person with a wallet, too few to try stolen cards by the list."""

SAID = {
    State.PENDING: "Your payment is on its way. Check again in a minute.",
    State.DECLINED: "{refusal} Nothing was charged. Use another card.",
    State.PAST_DUE: "{refusal} Use another card.",
    State.FREE: "The payment wasn't confirmed, and nothing was charged. Try again, or use another "
    "card.",
}
"""What is said of a state that isn't the one that was wanted; `refusal` is Stripe's sentence."""

DECLINED = "The card was declined."

CANCELLED = {
    State.ENDING: "Your subscription is cancelled.",
    State.FREE: "You are on the Free plan, and nothing more is charged.",
}
"""What a cancellation leads to: it ends later what is paid for, and at once what isn't."""


class CardAttempt(Form):
    """The browser's id of one attempt to set up a card: the same id gets the same intent."""

    attempt: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class CardSetUp(Form):
    """A card that Stripe.js has set up, by Stripe's id of the SetupIntent."""

    setup_intent: Annotated[str, StringConstraints(pattern=r"^seti_[A-Za-z0-9_]{1,200}$")]


@blueprint.get("/subscribe")
@login_required
def page(user: User) -> ResponseReturnValue:
    """Show the plan, and the card form to whoever has something to pay or to change."""
    account = _billing().account
    try:
        standing = _billing().subscriptions.standing(user)
        price = account.price()
    except BillingError as error:
        return render_template("subscribe_unavailable.html", user=user, sentence=str(error)), 503
    return render_template(
        "subscribe.html",
        user=user,
        standing=standing,
        price=price,
        account=account,
        limit=services().uploads.limits.for_role(Role.FREE_USER),
        most=services().uploads.limits.max_bytes,
        retention_minutes=round(_billing().free_retention_seconds / 60),
        changes_card="card" in request.args,
    )


@blueprint.post("/billing/setup")
@login_required
def set_up(user: User) -> ResponseReturnValue:
    """Give the browser the secret with which Stripe.js sets up a card."""
    form = json_body(CardAttempt)
    services().accounts.limiter.hit(CARDS, user.user_id)
    return _json(lambda: {"client_secret": _billing().checkout.begin(user.user_id, form.attempt)})


@blueprint.post("/billing/subscribe")
@login_required
def subscribe(user: User) -> ResponseReturnValue:
    """Charge the card that was set up."""
    form = json_body(CardSetUp)
    return _json(lambda: _told(_billing().checkout.subscribe(user.user_id, form.setup_intent)))


@blueprint.post("/billing/check")
@login_required
def check(user: User) -> ResponseReturnValue:
    """Ask Stripe again, and let the plan follow."""
    settle = _billing().settlement.settle
    if wants_json():
        return _json(lambda: _told(settle(user.user_id)))
    return _page_after(lambda: settle(user.user_id), lambda _: "")


@blueprint.post("/billing/cancel")
@login_required
def cancel(user: User) -> ResponseReturnValue:
    """Let the subscription end."""
    return _page_after(
        lambda: _billing().subscriptions.cancel(user.user_id),
        lambda settled: CANCELLED.get(settled.standing.state, ""),
    )


@blueprint.post("/billing/resume")
@login_required
def resume(user: User) -> ResponseReturnValue:
    """Let a subscription that was cancelled go on."""
    return _page_after(
        lambda: _billing().subscriptions.resume(user.user_id),
        lambda _: "Your subscription continues.",
    )


@blueprint.app_template_global("billing_details")
def billing_details(user: User) -> Details | None:
    """Return what the profile shows of a user's plan; None when Stripe doesn't say."""
    try:
        return _billing().subscriptions.details(user)
    except BillingError:
        return None


def _billing() -> Billing:
    return services().billing


def _told(settled: Settled | None) -> dict[str, str | None]:
    """What the page's script needs to know."""
    if settled is None:
        abort(401)
    standing = settled.standing
    return {
        "state": standing.state,
        "message": SAID.get(standing.state, "").format(refusal=standing.refusal or DECLINED),
        "client_secret": standing.client_secret,
    }


def _json(ask: Callable[[], dict[str, str | None]]) -> ResponseReturnValue:
    try:
        return jsonify(ask())
    except CardRefused as error:
        return jsonify(error=str(error)), 402
    except BillingError as error:
        return jsonify(error=str(error)), 503
    except Unsettled:
        return jsonify(error=BUSY), 503


def _page_after(
    change: Callable[[], Settled | None], done: Callable[[Settled], str]
) -> ResponseReturnValue:
    """Lead to the page, which shows how the user stands; say what was done, or what went wrong."""
    try:
        settled = change()
        said = done(settled) if settled else ""
    except BillingError as error:
        said = str(error)
    except Unsettled:
        said = BUSY
    if said:
        flash(said)
    return redirect(url_for("subscribe.page"), code=303)
