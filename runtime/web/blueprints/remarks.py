"""Stars and comments on variants: written in a variant's panel, which they lead back to."""

from typing import Annotated, TypeVar
from urllib.parse import parse_qs

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue
from pydantic import BeforeValidator, StringConstraints, ValidationError

from runtime.common.audit import Action
from runtime.common.job import Job
from runtime.common.users import User
from runtime.web.access import current_reader, job_reader_required
from runtime.web.context import services
from runtime.web.extensions.audit import audited
from runtime.web.forms import Form
from runtime.web.services.remarks import MAX_COMMENT_LENGTH, RemarkRefused
from runtime.web.services.results import NoResult
from runtime.web.services.sharing import Act
from runtime.web.services.variants.file_cache import CacheFull
from runtime.web.services.variants.filters import InvalidFilter, VariantKeyText, VariantQuery
from runtime.web.services.variants.variant import VariantKey
from runtime.web.table_urls import table_url

F = TypeVar("F", bound=Form)

blueprint = Blueprint("remarks", __name__, url_prefix="/jobs/<uuid:job_id>/remarks")

MAX_BACK_LENGTH = 8_000


def _plain_line_ends(value: object) -> object:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


class _OfVariant(Form):
    """What every form of the panel sends: its variant, and the table's query string."""

    variant: VariantKeyText
    back: Annotated[str, StringConstraints(max_length=MAX_BACK_LENGTH)] = ""
    csrf_token: str = ""


class StarForm(_OfVariant):
    """Starring a variant, or taking the star back."""

    starred: Annotated[str, StringConstraints(pattern="^(yes|no)$")]


class CommentForm(_OfVariant):
    """A comment."""

    text: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_COMMENT_LENGTH),
        BeforeValidator(_plain_line_ends),
    ]


class CommentDeletion(_OfVariant):
    """Deleting a comment."""

    comment: Annotated[str, StringConstraints(max_length=100)]


@blueprint.post("/star")
@audited(Action.ANNOTATION_CHANGED)
@job_reader_required(Act.REMARK)
def star(job: Job) -> ResponseReturnValue:
    """Star a variant, or take the star back."""
    form = _read(StarForm)
    key, user = _variant(job, form), _person()
    if form.starred == "no":
        services().remarks.unstar(job, key, user)
        return _back(job, form)
    try:
        services().remarks.star(job, key, user)
    except RemarkRefused as error:
        abort(409, str(error))
    return _back(job, form)


@blueprint.post("/comments")
@audited(Action.ANNOTATION_CHANGED)
@job_reader_required(Act.REMARK)
def comment(job: Job) -> ResponseReturnValue:
    """Add a comment."""
    form = _read(CommentForm)
    try:
        services().remarks.comment(job, _variant(job, form), _person(), form.text)
    except RemarkRefused as error:
        abort(409, str(error))
    return _back(job, form)


@blueprint.post("/comments/delete")
@audited(Action.ANNOTATION_CHANGED)
@job_reader_required(Act.REMARK)
def delete_comment(job: Job) -> ResponseReturnValue:
    """Delete a comment: one's own, or the owner any."""
    form = _read(CommentDeletion)
    if not services().remarks.delete_comment(job, form.comment, _person()):
        abort(404, "That comment was deleted already, or isn't yours.")
    return _back(job, form)


def _read(model: type[F]) -> F:
    try:
        return model.model_validate(request.form.to_dict())
    except ValidationError:
        abort(
            400, f"Write a comment of up to {MAX_COMMENT_LENGTH:,} characters, and send it again."
        )


def _variant(job: Job, form: _OfVariant) -> VariantKey:
    key = VariantKey.parse(form.variant)
    try:
        found = services().variants.has(job, key)
    except NoResult as error:
        abort(409, str(error))
    except CacheFull:
        abort(503, "Many people are exploring large results at the moment. Try again in a minute.")
    if not found:
        abort(404, "This result has no such variant.")
    return key


def _person() -> User:
    user = current_reader().user
    if user is None:
        abort(401)
    return user


def _back(job: Job, form: _OfVariant) -> ResponseReturnValue:
    """Lead to the table as it was, with the variant's panel."""
    try:
        query = VariantQuery.from_args(parse_qs(form.back))
    except InvalidFilter:
        query = VariantQuery()
    return redirect(table_url(job, query.to_args(variant=form.variant)) + "#variant", code=303)
