"""The landing page, the plans, and the health checks of load balancer and boot script."""

from flask import Blueprint, abort, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from runtime.contract.site import ALIVE_PATH, HEALTH_PATH
from runtime.web.access import public
from runtime.web.context import services

blueprint = Blueprint("site", __name__)


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
