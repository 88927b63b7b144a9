"""Filters that a user saves under a name, in the panel of a table's filter."""

from typing import Annotated
from urllib.parse import parse_qs
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from pydantic import BeforeValidator, StringConstraints, ValidationError

from runtime.common.audit import Action
from runtime.common.job import Job
from runtime.common.users import User
from runtime.web.access import login_required
from runtime.web.context import services
from runtime.web.extensions.audit import audited
from runtime.web.extensions.identity import identity
from runtime.web.forms import Form
from runtime.web.link_cookie import carried_links
from runtime.web.services.saved_filters import (
    MAX_NAME_LENGTH,
    MAX_QUERY_LENGTH,
    FilterRefused,
    SavedFilter,
)
from runtime.web.services.variants.filters import InvalidFilter, VariantFilter, VariantQuery
from runtime.web.table_urls import table_url

blueprint = Blueprint("saved_filters", __name__, url_prefix="/filters")


class FilterForm(Form):
    """A filter to save or to delete, and the job to whose table that leads back.

    `query` is the table's query string.
    """

    name: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True,
            min_length=1,
            max_length=MAX_NAME_LENGTH,
            pattern=r"^[^\x00-\x1f\x7f<>]*$",
        ),
    ]
    query: Annotated[str, StringConstraints(max_length=MAX_QUERY_LENGTH)] = ""
    job: Annotated[UUID, BeforeValidator(UUID)]
    csrf_token: str = ""


@blueprint.post("")
@audited(Action.FILTER_CHANGED)
@login_required
def save(user: User) -> ResponseReturnValue:
    """Save the filter of a table."""
    form = _read()
    wanted = _filter(form)
    try:
        services().saved_filters.save(user.user_id, form.name, wanted)
    except FilterRefused as error:
        abort(409, str(error))
    flash(f"Saved the filter “{form.name}”.")
    return redirect(table_url(_job(user, form), wanted.to_args()), code=303)


@blueprint.post("/delete")
@audited(Action.FILTER_CHANGED)
@login_required
def delete(user: User) -> ResponseReturnValue:
    """Delete a saved filter."""
    form = _read()
    deleted = services().saved_filters.delete(user.user_id, form.name)
    flash(f"{'Deleted' if deleted else 'There was no'} filter “{form.name}”.")
    return redirect(table_url(_job(user, form), _filter(form).to_args()), code=303)


@blueprint.app_template_global("saved_filters")
def saved_filters() -> list[SavedFilter]:
    """Return the filters of the user who is signed in."""
    user = identity.current_user()
    return services().saved_filters.all(user.user_id) if user else []


def _read() -> FilterForm:
    try:
        return FilterForm.model_validate(request.form.to_dict())
    except ValidationError:
        abort(
            400, f"Give the filter a name of up to {MAX_NAME_LENGTH} characters, without < and >."
        )


def _filter(form: FilterForm) -> VariantFilter:
    try:
        return VariantQuery.from_args(parse_qs(form.query)).filter
    except InvalidFilter as error:
        abort(400, str(error))


def _job(user: User, form: FilterForm) -> Job:
    reader = services().sharing.reader_of(str(form.job), user, carried_links())
    if reader is None:
        abort(404)
    return reader.job
