"""Who may use a route. Every route carries exactly one of these rules.

`public`: anybody. `login_required`: people with a session. `job_owner_required`: the owner of the
job in the URL. For everybody else that job doesn't exist (404), so nobody learns which ids do.
`job_reader_required`: the owner and guests, as `runtime.web.services.sharing` decides; it names
what the route does (`Act`).
`operator_required`: operators; for everybody else it doesn't exist.
`reference_reader_required`: people with a session, for the example's reference anybody, and for
that of a result the visitors who have a link to it.
Rules of the API's routes, which need a token: `runtime/web/api/access.py`.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast
from uuid import UUID

from flask import abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from runtime.common.api_tokens import Scope
from runtime.common.audit import Means
from runtime.common.job import Job
from runtime.common.users import User
from runtime.web import fresh_password
from runtime.web.context import services
from runtime.web.error_pages import SIGNED_OUT, wants_json
from runtime.web.extensions.audit import about_job, about_user, came_by
from runtime.web.extensions.identity import identity
from runtime.web.link_cookie import carried_links
from runtime.web.services.sharing import Act, Reader, ReaderKind

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]
V = TypeVar("V", bound=Callable[..., object])

_ATTRIBUTE = "access_rule"
_ACT = "access_act"

NOT_SHARED = "The owner of this result hasn't shared that with you. Ask them if you need it."


class Rule(StrEnum):
    """Who may use a route."""

    PUBLIC = "public"
    LOGIN_REQUIRED = "login required"
    JOB_OWNER_REQUIRED = "job owner required"
    JOB_READER_REQUIRED = "job reader required"
    REFERENCE_READER_REQUIRED = "reference reader required"
    OPERATOR_REQUIRED = "operator required"
    TOKEN_REQUIRED = "token required"  # noqa: S105 - a rule


def rule_of(view: Callable[..., object]) -> Rule | Scope | None:
    """Return the rule of a view function, of the API's also a scope; None when it has none."""
    return getattr(view, _ATTRIBUTE, None)


def give_rule(view: V, rule: Rule | Scope) -> V:
    """Note the rule of a view function, and return the function."""
    setattr(view, _ATTRIBUTE, rule)
    return view


def act_of(view: Callable[..., object]) -> Act | None:
    """Return what a view for readers does; None for all others. Only tests call it."""
    return getattr(view, _ACT, None)


def public(view: View[P]) -> View[P]:
    """Let anybody use `view`."""
    return give_rule(view, Rule.PUBLIC)


def login_required(view: View[Concatenate[User, P]]) -> View[P]:
    """Let people who are signed in use `view`, which gets the user first; ask others to sign in."""

    @wraps(view)
    def checked(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        user = identity.current_user()
        if user is None:
            return _ask_to_sign_in()
        about_user(user)
        return view(user, *args, **kwargs)

    return give_rule(checked, Rule.LOGIN_REQUIRED)


def operator_required(*, fresh: bool = True) -> Callable[[View[Concatenate[User, P]]], View[P]]:
    """Let operators use a view, which gets the user first. For everybody else it doesn't exist.

    Args:
        fresh: the password must have been given within the last ten minutes, or it is asked for.
    """

    def decorate(view: View[Concatenate[User, P]]) -> View[P]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            user = identity.current_user()
            if user is None or user.operator_since is None:
                abort(404)
            if fresh and not fresh_password.is_fresh():
                target = request.full_path.removesuffix("?") if request.method == "GET" else None
                return redirect(url_for("operator.confirm_form", next=target), code=303)
            about_user(user)
            return view(user, *args, **kwargs)

        return give_rule(checked, Rule.OPERATOR_REQUIRED)

    return decorate


def job_owner_required(
    view: Callable[[Job], ResponseReturnValue],
) -> Callable[[UUID], ResponseReturnValue]:
    """Let the owner of the job in the URL use `view`, which gets the job."""

    @wraps(view)
    def checked(job_id: UUID) -> ResponseReturnValue:
        user = identity.current_user()
        if user is None:
            return _ask_to_sign_in()
        return view(own_job(user, job_id))

    return give_rule(checked, Rule.JOB_OWNER_REQUIRED)


def job_reader_required(
    act: Act,
) -> Callable[[Callable[[Job], ResponseReturnValue]], Callable[[UUID], ResponseReturnValue]]:
    """Let those use `view` who may do `act` with the job in the URL.

    A guest who may read the job but not do this gets 403: they know that the job exists. For
    everybody else it doesn't.
    """

    def decorate(
        view: Callable[[Job], ResponseReturnValue],
    ) -> Callable[[UUID], ResponseReturnValue]:
        @wraps(view)
        def checked(job_id: UUID) -> ResponseReturnValue:
            user, links = identity.current_user(), carried_links()
            reader = services().sharing.reader_of(str(job_id), user, links)
            if reader is not None and reader.may(act):
                g.reader = reader
                _note(reader)
                return view(reader.job)
            if reader is not None and reader.kind is not ReaderKind.EVERYBODY:
                abort(403, NOT_SHARED)
            if user is not None or any(link.job_id == str(job_id) for link in links):
                abort(404)
            return _ask_to_sign_in()

        setattr(checked, _ACT, act)
        return give_rule(checked, Rule.JOB_READER_REQUIRED)

    return decorate


def _note(reader: Reader) -> None:
    """Say in the audit log who reads whose job, and by which link."""
    about_job(reader.job)
    if reader.user is not None:
        about_user(reader.user)
    if reader.kind is ReaderKind.LINK and reader.share is not None:
        came_by(Means.LINK, reader.share.item_id)


def current_reader() -> Reader:
    """Return who reads the job; only for views that `job_reader_required` guards."""
    return cast(Reader, g.reader)


def reference_reader_required(
    view: Callable[[str, str], ResponseReturnValue],
) -> Callable[[str, str], ResponseReturnValue]:
    """Let people who are signed in read a reference's files.

    Anybody reads those of the example's reference, and a link's visitors those of its result's.
    """

    @wraps(view)
    def checked(reference_name: str, name: str) -> ResponseReturnValue:
        if not (
            services().example.reads(reference_name)
            or identity.current_user() is not None
            or services().sharing.reads_reference(reference_name, carried_links())
        ):
            return _ask_to_sign_in()
        return view(reference_name, name)

    return give_rule(checked, Rule.REFERENCE_READER_REQUIRED)


def own_job(user: User, job_id: UUID) -> Job:
    """Return a job of this user; any other id ends the request with 404."""
    job = services().jobs.get(str(job_id))
    if job is None or job.user_id != user.user_id:
        abort(404)
    about_user(user)
    about_job(job)
    return job


def _ask_to_sign_in() -> ResponseReturnValue:
    if wants_json() or request.method != "GET":
        abort(401, SIGNED_OUT)
    return redirect(url_for("auth.sign_in", next=request.full_path.removesuffix("?")), code=303)
