"""The operator's page of figures. For everybody else it doesn't exist (404)."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from runtime.common.users import User
from runtime.web.access import operator_required
from runtime.web.context import services

blueprint = Blueprint("operator_figures", __name__, url_prefix="/operator/figures")


@blueprint.get("")
@operator_required()
def show(user: User) -> ResponseReturnValue:
    """Show how the service does. What isn't known is said beside what is."""
    operations = services().operations
    return render_template(
        "operator/figures.html",
        throughput=operations.throughput.read(),
        accounts=operations.accounts.read(),
        storage=operations.storage.read(),
        costs=operations.costs.read(user.user_id),
    )
