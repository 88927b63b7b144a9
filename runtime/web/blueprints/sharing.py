"""Sharing a result: what its owner sees and does, a guest's list, and the way in by a link."""

from typing import Annotated, ClassVar

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BeforeValidator, Field, StringConstraints, ValidationError

from runtime.common.audit import Action
from runtime.common.job import Job
from runtime.common.shares import Extra
from runtime.common.users import User
from runtime.web.access import job_owner_required, login_required, public
from runtime.web.account_forms import AccountForm, Address, FieldErrors, InvalidForm, read_form
from runtime.web.client_address import client_address
from runtime.web.context import services
from runtime.web.extensions.audit import audited
from runtime.web.extensions.csrf import from_this_site
from runtime.web.extensions.identity import identity
from runtime.web.forms import Form
from runtime.web.link_cookie import carry_link
from runtime.web.services.rate_limit import TooManyAttempts
from runtime.web.services.sharing import (
    LINK_DAYS,
    MAX_LABEL_LENGTH,
    Act,
    LinkDead,
    Reader,
    ReaderKind,
    ShareRefused,
)

blueprint = Blueprint("sharing", __name__)

UNPROCESSABLE = 422
DEFAULT_DAYS = 7


class Extras(AccountForm):
    """What is shared beyond the result's pages: a box that is ticked sends yes."""

    files: Annotated[str, StringConstraints(pattern="^yes$")] | None = None
    note: Annotated[str, StringConstraints(pattern="^yes$")] | None = None
    remarks: Annotated[str, StringConstraints(pattern="^yes$")] | None = None

    @property
    def extras(self) -> list[Extra]:
        """The boxes that are ticked."""
        return [each for each in Extra if getattr(self, each) is not None]


class NewGuest(Extras):
    """Sharing with an address."""

    email: Address


class NewLink(Extras):
    """Making a link."""

    sentences: ClassVar = {
        "label": f"A name for the link has up to {MAX_LABEL_LENGTH} characters.",
        "days": "Choose one of the times that the page offers.",
    }
    label: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_LABEL_LENGTH)] = (
        ""
    )
    days: Annotated[int, BeforeValidator(int), Field(ge=1, le=max(LINK_DAYS))] = DEFAULT_DAYS


class EndedShare(Form):
    """Ending a share, by its item's id."""

    share: Annotated[str, StringConstraints(max_length=100)]
    csrf_token: str = ""


class OpenedLink(Form):
    """A link, or what stands behind its #."""

    link: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    csrf_token: str = ""


@blueprint.get("/jobs/<uuid:job_id>/sharing")
@job_owner_required
def show(job: Job) -> ResponseReturnValue:
    """Show who has access to a result, and offer to share it."""
    return _page(job)


@blueprint.post("/jobs/<uuid:job_id>/sharing/guests")
@audited(Action.SHARING_CHANGED)
@job_owner_required
def add_guest(job: Job) -> ResponseReturnValue:
    """Share a result with the account of an address."""
    try:
        form = read_form(NewGuest)
        services().sharing.invite(_owner(), job, form.email, form.extras)
    except InvalidForm as error:
        return _page(job, errors=error.errors)
    except ShareRefused as error:
        return _page(job, errors={"email": str(error)})
    except TooManyAttempts as error:
        return _page(job, errors={"email": _too_many(error)})
    flash(f"The result is shared with {form.email}. We have sent an email to that address.")
    return redirect(url_for("sharing.show", job_id=job.job_id), code=303)


@blueprint.post("/jobs/<uuid:job_id>/sharing/links")
@audited(Action.SHARING_CHANGED)
@job_owner_required
def add_link(job: Job) -> ResponseReturnValue:
    """Make a link, and show it: only now, because its secret isn't stored."""
    try:
        form = read_form(NewLink)
        link = services().sharing.make_link(
            _owner(), job, label=form.label, extras=form.extras, days=form.days
        )
    except InvalidForm as error:
        return _page(job, errors=error.errors)
    except ShareRefused as error:
        return _page(job, errors={"label": str(error)})
    except TooManyAttempts as error:
        return _page(job, errors={"label": _too_many(error)})
    return _page(job, new_link=link)


@blueprint.post("/jobs/<uuid:job_id>/sharing/end")
@audited(Action.SHARING_CHANGED)
@job_owner_required
def end(job: Job) -> ResponseReturnValue:
    """End an address's access, or a link."""
    try:
        form = EndedShare.model_validate(request.form.to_dict())
    except ValidationError:
        abort(400)
    if services().sharing.shares.end(job.job_id, form.share):
        flash("That access has ended.")
    else:
        flash("That access had ended already.")
    return redirect(url_for("sharing.show", job_id=job.job_id), code=303)


@blueprint.get("/shared")
@login_required
def shared(user: User) -> ResponseReturnValue:
    """List the results that others share with this user."""
    return render_template("sharing/shared.html", shared=services().sharing.shared_with(user))


@blueprint.post("/shared/<uuid:job_id>/leave")
@audited(Action.SHARING_CHANGED)
@login_required
def leave(user: User, job_id: object) -> ResponseReturnValue:
    """End this user's own access to a result."""
    services().sharing.leave(user, str(job_id))
    flash("You no longer have access to that result.")
    return redirect(url_for("sharing.shared"), code=303)


@blueprint.get("/link")
@public
def link_form() -> ResponseReturnValue:
    """Show the form that takes a link's secret; it is behind the #, so the script fills it in."""
    return render_template("sharing/link.html")


@blueprint.post("/link")
@public
@from_this_site
def open_link() -> ResponseReturnValue:
    """Have the browser carry a link that works, and lead to its result."""
    try:
        form = OpenedLink.model_validate(request.form.to_dict())
        token = services().sharing.open_link(form.link.rpartition("#")[2], client=client_address())
    except (ValidationError, LinkDead):
        return render_template("sharing/link.html", dead=True), 404
    carry_link(token)
    return redirect(url_for("jobs.show", job_id=token.job_id), code=303)


@blueprint.after_app_request
def keep_out_of_search(response: Response) -> Response:
    """Tell search engines to keep away from what isn't everybody's."""
    reader = reader_of_page()
    guests_page = reader is not None and reader.kind in (ReaderKind.GUEST, ReaderKind.LINK)
    if guests_page or request.endpoint in ("sharing.link_form", "sharing.open_link"):
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@blueprint.app_template_global("reader_of_page")
def reader_of_page() -> Reader | None:
    """Return who reads the job of this page; None on other pages."""
    reader: Reader | None = g.get("reader")
    return reader


@blueprint.app_template_global("may")
def may(job: Job, act: str) -> bool:
    """Return whether the reader of this page may do something with its job."""
    reader = reader_of_page()
    if reader is not None and reader.job.job_id == job.job_id:
        return reader.may(Act(act))
    user = identity.current_user()
    return user is not None and user.user_id == job.user_id


def _owner() -> User:
    user = identity.current_user()
    if user is None:
        abort(401)
    return user


def _too_many(error: TooManyAttempts) -> str:
    return f"That is as much as may be shared within an hour. Try again in {error.wait}."


def _page(
    job: Job, *, errors: FieldErrors | None = None, new_link: str | None = None
) -> ResponseReturnValue:
    shares = services().sharing.shares
    page = render_template(
        "sharing/sharing.html",
        job=job,
        guests=shares.guests(job.job_id),
        links=shares.links(job.job_id),
        errors=errors or {},
        form=request.form,
        new_link=new_link,
        days=LINK_DAYS,
        default_days=DEFAULT_DAYS,
        max_label=MAX_LABEL_LENGTH,
    )
    return (page, UNPROCESSABLE) if errors else page
