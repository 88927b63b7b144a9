"""The operator's pages about groups, alarms and scaling. For everybody else they don't exist."""

from typing import Any

from flask import Blueprint, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from runtime.common.users import User
from runtime.web.access import operator_required
from runtime.web.context import services
from runtime.web.services.operations.scaling_charts import PERIODS, DrawnChart

blueprint = Blueprint("operator_fleets", __name__, url_prefix="/operator")

DEFAULT_HOURS = 3


@blueprint.get("/fleets")
@operator_required()
def show(user: User) -> ResponseReturnValue:
    """Show every alarm and every group, with its instances and its last activities."""
    operations = services().operations
    groups = operations.fleets.groups(user.user_id)
    found = groups.value or []
    activities = operations.fleets.activities(user.user_id, found)
    return render_template(
        "operator/fleets.html",
        alarms=operations.alarms.all(user.user_id),
        problem=groups.problem,
        groups=list(zip(found, activities, strict=True)),
    )


@blueprint.get("/scaling")
@operator_required()
def scaling(_user: User) -> ResponseReturnValue:
    """Show the page whose script draws the charts."""
    return render_template("operator/scaling.html", hours=PERIODS, chosen=DEFAULT_HOURS)


@blueprint.get("/scaling/charts")
@operator_required(fresh=False)
def charts(user: User) -> ResponseReturnValue:
    """Answer the charts of the last hours as JSON.

    They hold numbers about the platform and nothing of anybody, so that a page that is left open
    goes on without the password.
    """
    hours = request.args.get("hours", DEFAULT_HOURS, type=int)
    if hours not in PERIODS:
        abort(400, f"hours is one of {', '.join(map(str, PERIODS))}.")
    answer = services().operations.scaling.read(user.user_id, hours)
    if answer.value is None:
        return jsonify(error=answer.problem), 503
    window = answer.value.window
    return jsonify(
        start=window.start,
        end=window.end,
        period=window.period,
        charts=[_chart(each) for each in answer.value.charts],
    )


def _chart(drawn: DrawnChart) -> dict[str, Any]:
    return {
        "section": drawn.chart.section,
        "title": drawn.chart.title,
        "unit": drawn.chart.unit,
        "zero": drawn.chart.zero,
        "lines": [
            {"label": line.label, "points": points}
            for line, points in zip(drawn.chart.lines, drawn.points, strict=True)
        ],
    }
