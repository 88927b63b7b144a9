"""Who may use a route. Every route carries exactly one of these rules.

`public`: anybody. `login_required`: people with a session. `job_owner_required`: the owner of the
job in the URL. For everybody else that job doesn't exist (404), so nobody learns which ids do.
`job_reader_required`: the same for pages that only show a job; anybody may read the example's.
`reference_reader_required`: people with a session, and for the example's reference anybody.
Rules of the API's routes, which need a token: `runtime/web/api/access.py`.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from runtime.common.api_tokens import Scope
from runtime.common.job import Job
from runtime.common.users import User
from runtime.web.context import services
from runtime.web.error_pages import SIGNED_OUT, wants_json
from runtime.web.extensions.identity import identity

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]
V = TypeVar("V", bound=Callable[..., object])

_ATTRIBUTE = "access_rule"


class Rule(StrEnum):
    """Who may use a route."""

    PUBLIC = "public"
    LOGIN_REQUIRED = "login required"
    JOB_OWNER_REQUIRED = "job owner required"
    JOB_READER_REQUIRED = "job reader required"
    REFERENCE_READER_REQUIRED = "reference reader required"
    TOKEN_REQUIRED = "token required"  # noqa: S105 - a rule


def rule_of(view: Callable[..., object]) -> Rule | Scope | None:
    """Return the rule of a view function, of the API's also a scope; None when it has none."""
    return getattr(view, _ATTRIBUTE, None)


def give_rule(view: V, rule: Rule | Scope) -> V:
    """Note the rule of a view function, and return the function."""
    setattr(view, _ATTRIBUTE, rule)
    return view


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
        return view(user, *args, **kwargs)

    return give_rule(checked, Rule.LOGIN_REQUIRED)


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
    view: Callable[[Job], ResponseReturnValue],
) -> Callable[[UUID], ResponseReturnValue]:
    """Let the owner of the job in the URL use `view`, and anybody if that job is the example.

    Only for views that change nothing and that cost little: they answer people without an account.
    """

    @wraps(view)
    def checked(job_id: UUID) -> ResponseReturnValue:
        example = services().example.find(str(job_id))
        if example is not None:
            return view(example)
        user = identity.current_user()
        if user is None:
            return _ask_to_sign_in()
        return view(own_job(user, job_id))

    return give_rule(checked, Rule.JOB_READER_REQUIRED)


def reference_reader_required(
    view: Callable[[str, str], ResponseReturnValue],
) -> Callable[[str, str], ResponseReturnValue]:
    """Let people who are signed in read a reference's files, and anybody those of the example's."""

    @wraps(view)
    def checked(reference_name: str, name: str) -> ResponseReturnValue:
        if not services().example.reads(reference_name) and identity.current_user() is None:
            return _ask_to_sign_in()
        return view(reference_name, name)

    return give_rule(checked, Rule.REFERENCE_READER_REQUIRED)


def own_job(user: User, job_id: UUID) -> Job:
    """Return a job of this user; any other id ends the request with 404."""
    job = services().jobs.get(str(job_id))
    if job is None or job.user_id != user.user_id:
        abort(404)
    return job


def _ask_to_sign_in() -> ResponseReturnValue:
    if wants_json() or request.method != "GET":
        abort(401, SIGNED_OUT)
    return redirect(url_for("auth.sign_in", next=request.full_path.removesuffix("?")), code=303)
