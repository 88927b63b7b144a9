"""Who may use a route of the API: the rule that the route carries, kept before it is called.

`public` (of `runtime.web.access`), `token_required`, or `scope_required`. A route without a rule is
refused. No cookie is looked at, so that no page can act through a browser's session.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ParamSpec, TypeVar

import structlog
from flask import Blueprint, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from runtime.common.api_tokens import ApiToken, Scope
from runtime.common.audit import Means
from runtime.common.job import Job
from runtime.common.users import User
from runtime.web.access import Rule, give_rule, own_job, rule_of
from runtime.web.api.cross_origin import allow_origin
from runtime.web.api.models.base import JobPath
from runtime.web.api.problems import refuse_unreadable
from runtime.web.api.rate_limits import add_headers, count_request
from runtime.web.context import services
from runtime.web.extensions.audit import about_user, came_by
from runtime.web.extensions.csrf import csrf

P = ParamSpec("P")
R = TypeVar("R", bound=ResponseReturnValue)

SEND_ONE = "Send a token of your account in the header Authorization: Bearer gas_…"
MAKE_ANOTHER = "The token is unknown, expired or revoked. Make another on your account's page."


@dataclass(frozen=True)
class Caller:
    """Whose request it is, and by which token."""

    user: User
    token: ApiToken


class ScopeMissing(Forbidden):
    """The token lacks a scope; the answer names it, as RFC 6750 wants it.

    https://www.rfc-editor.org/rfc/rfc6750#section-3.1
    """

    def __init__(self, scope: Scope) -> None:
        super().__init__(f"The token lacks the scope {scope}. Make a token that has it.")
        self.challenge = WWWAuthenticate(
            "bearer", {"error": "insufficient_scope", "scope": scope.value}
        )

    def get_headers(self, *args: Any, **kwargs: Any) -> list[tuple[str, str]]:
        """Return the headers of the answer."""
        return [
            *super().get_headers(*args, **kwargs),
            ("WWW-Authenticate", self.challenge.to_header()),
        ]


def token_required(view: Callable[P, R]) -> Callable[P, R]:
    """Let callers with any valid token use `view`."""
    return give_rule(view, Rule.TOKEN_REQUIRED)


def scope_required(scope: Scope) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let callers whose token has `scope` use the view."""
    return lambda view: give_rule(view, scope)


def guard(blueprint: Blueprint) -> None:
    """Keep the rules of a blueprint's routes, the rate limits of tokens, and the listed origins."""
    csrf.exempt(blueprint)
    blueprint.before_request(_authorize)
    blueprint.before_request(_check_body)
    blueprint.after_request(add_headers)
    blueprint.after_request(allow_origin)


def caller() -> Caller:
    """Return who asks; only in routes that need a token."""
    found: Caller = g.api_caller
    return found


def callers_job(path: JobPath) -> Job:
    """Return the caller's job in the URL; any other id ends the request with 404."""
    return own_job(caller().user, path.job_id)


def _authorize() -> None:
    if request.method == "OPTIONS":
        return
    rule = rule_of(current_app.view_functions[str(request.endpoint)])
    if rule is Rule.PUBLIC:
        return
    g.api_caller = found = _caller()
    about_user(found.user)
    came_by(Means.TOKEN, found.token.token_id)
    structlog.contextvars.bind_contextvars(
        user_id=found.user.user_id, token_id=found.token.token_id
    )
    count_request(found.token)
    if isinstance(rule, Scope):
        _check_scope(found.token, rule)
    elif rule is not Rule.TOKEN_REQUIRED:
        abort(403)


def _check_body() -> None:
    if request.is_json:
        refuse_unreadable(partial(request.get_json, silent=True))


def _caller() -> Caller:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthorized(SEND_ONE, www_authenticate=WWWAuthenticate("bearer", {"realm": "GAS"}))
    found = services().api_tokens.find(text.strip())
    user = services().users.get(found[0]) if found else None
    if found is None or user is None or user.is_blocked:
        challenge = WWWAuthenticate("bearer", {"realm": "GAS", "error": "invalid_token"})
        raise Unauthorized(MAKE_ANOTHER, www_authenticate=challenge)
    return Caller(user, found[1])


def _check_scope(token: ApiToken, scope: Scope) -> None:
    if scope not in token.scopes:
        raise ScopeMissing(scope)
