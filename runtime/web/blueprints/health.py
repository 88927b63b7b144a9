"""The page by which the load balancer knows whether this instance can work."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from runtime.contract.site import HEALTH_PATH
from runtime.web.access import public
from runtime.web.context import services

blueprint = Blueprint("health", __name__)


@blueprint.get(HEALTH_PATH)
@public
def check() -> ResponseReturnValue:
    """Answer 200 when all parts are well, else 503; the body names the parts."""
    health = services().health.check()
    parts = {name: "ok" if well else "failing" for name, well in health.parts.items()}
    return jsonify(status="ok" if health.ok else "failing", parts=parts), 200 if health.ok else 503
