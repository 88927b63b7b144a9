"""The webhook of an account: its page, and what can be done there."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from runtime.common.audit import Action
from runtime.common.users import User
from runtime.common.webhook_addresses import BadAddress
from runtime.web.access import login_required
from runtime.web.account_forms import InvalidForm, WebhookForm, read_form
from runtime.web.context import services
from runtime.web.extensions.audit import audited

blueprint = Blueprint("webhook", __name__, url_prefix="/profile/webhook")

UNPROCESSABLE = 422


@blueprint.get("")
@login_required
def show(user: User) -> ResponseReturnValue:
    """Show the webhook and its last deliveries."""
    return _page(user)


@blueprint.post("")
@audited(Action.NOTIFICATIONS_CHANGED)
@login_required
def create(user: User) -> ResponseReturnValue:
    """Make the webhook, and show its secret once."""
    try:
        url = read_form(WebhookForm).url
    except InvalidForm as error:
        return _page(user, errors=error.errors), UNPROCESSABLE
    try:
        made = services().webhook.create(user, url)
    except BadAddress as error:
        return _page(user, url=url, errors={"url": str(error)}), UNPROCESSABLE
    return _page(user, secret=made.secret)


@blueprint.post("/delete")
@audited(Action.NOTIFICATIONS_CHANGED)
@login_required
def delete(user: User) -> ResponseReturnValue:
    """Delete the webhook."""
    services().webhook.delete(user)
    return _back()


@blueprint.post("/enable")
@audited(Action.NOTIFICATIONS_CHANGED)
@login_required
def enable(user: User) -> ResponseReturnValue:
    """Turn a disabled webhook on again."""
    services().webhook.enable(user)
    return _back()


@blueprint.post("/test")
@audited(Action.NOTIFICATIONS_CHANGED)
@login_required
def send_test(user: User) -> ResponseReturnValue:
    """Have a test event sent."""
    services().webhook.send_test(user)
    return _back()


@blueprint.post("/deliveries/<string:item_id>/redeliver")
@audited(Action.NOTIFICATIONS_CHANGED)
@login_required
def redeliver(user: User, item_id: str) -> ResponseReturnValue:
    """Have a delivery sent again."""
    if not services().webhook.redeliver(user, item_id):
        abort(404)
    return _back()


def _page(user: User, **values: object) -> str:
    webhook = services().webhook.get(user)
    deliveries = services().webhook.deliveries(user)
    return render_template(
        "webhook.html", user=user, webhook=webhook, deliveries=deliveries, **values
    )


def _back() -> ResponseReturnValue:
    return redirect(url_for("webhook.show"), code=303)
