"""What the owner of an archived result may ask for."""

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from runtime.common.job import Job, ResultState
from runtime.common.users import Role
from runtime.web.access import owner
from runtime.web.context import services
from runtime.web.extensions.identity import identity

blueprint = Blueprint("archived", __name__, url_prefix="/jobs")


@blueprint.post("/<uuid:job_id>/bring-back")
@owner
def bring_back(job: Job) -> ResponseReturnValue:
    """Ask once more for what an upgrade should have brought back by itself."""
    user = identity.current_user()
    if user is None or user.role is not Role.PREMIUM_USER:
        abort(409, "Archived results come back with Premium. Change your plan first.")
    if job.result_state is ResultState.ARCHIVED:
        services().keeping.bring_back(user)
        flash("Your archived results are being asked for. You get an e-mail when they are back.")
    return redirect(url_for("jobs.show", job_id=job.job_id), code=303)
