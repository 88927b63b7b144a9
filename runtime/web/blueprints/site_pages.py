"""The landing page, the plans, and the health checks of load balancer and boot script."""

from pathlib import Path

from flask import Blueprint, abort, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from runtime.contract.site import ALIVE_PATH, HEALTH_PATH, OPERATOR_FOLDER
from runtime.web.access import public
from runtime.web.context import services
from runtime.web.services.billing.stripe_account import Price

blueprint = Blueprint("site", __name__)

OPERATOR = Path(__file__).parents[2] / OPERATOR_FOLDER


@blueprint.get("/")
@public
def landing() -> ResponseReturnValue:
    """Say what this is; the same for everybody."""
    return render_template("landing.html")


@blueprint.get("/example")
@public
def example() -> ResponseReturnValue:
    """Lead to the example result."""
    job_id = services().example.job_id
    if job_id is None or services().example.find(job_id) is None:
        abort(404, "There is no example result at the moment.")
    return redirect(url_for("jobs.show", job_id=job_id), code=302)


@blueprint.get("/pricing")
@public
def pricing() -> ResponseReturnValue:
    """Compare the plans, with the price that Stripe has."""
    price = services().billing.account.price_for_visitors()
    return render_template("pricing.html", price=price)


@blueprint.get("/about")
@public
def about() -> ResponseReturnValue:
    """Say what this service is, and who runs it."""
    return render_template("about.html")


@blueprint.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """Say where data lie, for how long, who sees them, and how they are deleted."""
    return render_template("privacy.html")


@blueprint.get("/terms")
@public
def terms() -> ResponseReturnValue:
    """Say under which terms the operator offers the service."""
    return render_template("terms.html")


@blueprint.get("/contact")
@public
def contact() -> ResponseReturnValue:
    """Say how to reach the operator."""
    return render_template("contact.html")


@blueprint.app_template_global("billing_is_real")
def billing_is_real() -> bool:
    """Return whether this is a deployment on AWS: a laptop's has a stand-in for Stripe."""
    return services().billing.account.is_stripe


@blueprint.app_template_global("known_price")
def known_price() -> Price | None:
    """Return what Premium costs, if Stripe has said it by now."""
    return services().billing.account.known_price


@blueprint.app_template_global("operator_text")
def operator_text(page: str) -> Markup | None:
    """Return the operator's text for a page; None where there is none.

    It became HTML when the code was packed, without any markup of its own.
    """
    path = OPERATOR / f"{page}.html"
    return Markup(path.read_text(encoding="utf-8")) if path.is_file() else None  # noqa: S704


@blueprint.get(ALIVE_PATH)
@public
def alive() -> ResponseReturnValue:
    """Answer 200, without asking anything else."""
    return "", 200


@blueprint.get(HEALTH_PATH)
@public
def health() -> ResponseReturnValue:
    """Answer 200 when every part works, else 503; the body names the parts."""
    found = services().health.check()
    parts = {name: "ok" if ok else "failing" for name, ok in found.parts.items()}
    return jsonify(status="ok" if found.ok else "failing", parts=parts), 200 if found.ok else 503
