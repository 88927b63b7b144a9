"""Writes the audit log: a route declares its action, which is recorded once it has answered.

It is written before the answer is sent. So nobody gets a result of which there is no record: if it
can't be written, the answer is an error.

Access rules say whom and what a request is about (`about_user`, `about_job`). Where somebody came
with a token or by a link, `came_by` says so.
"""

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeVar

from cachetools import TTLCache
from flask import Flask, Response, current_app, g, request

from runtime.common.audit import Action, Means
from runtime.common.job import Job
from runtime.common.users import User
from runtime.web.client_address import client_address
from runtime.web.context import services
from runtime.web.services.example_job import EXAMPLE_OWNER

_ATTRIBUTE = "audit_action"

REPEATED = frozenset({Action.RESULT_SEEN, Action.OPEN_JOBS_SEEN, Action.ACCOUNT_SEEN})
"""Of these, one record stands for ten minutes: one look at a genome asks a hundred times."""

REPEATED_SECONDS = 600
MOST_REMEMBERED = 10_000

V = TypeVar("V", bound=Callable[..., object])


def audited(action: Action) -> Callable[[V], V]:
    """Have what a view does recorded as `action`, if it succeeds.

    It stands above the access rule, as both are attributes of the view.
    """

    def declare(view: V) -> V:
        setattr(view, _ATTRIBUTE, action)
        return view

    return declare


def action_of(view: Callable[..., object]) -> Action | None:
    """Return what a view's answers are recorded as; None when they aren't."""
    return getattr(view, _ATTRIBUTE, None)


@dataclass
class _Facts:
    """What is known of the request so far."""

    actor: User | None = None
    other: User | None = None
    jobs: dict[str, str] = field(default_factory=dict)
    means: Means = Means.PAGE
    means_id: str | None = None
    unchanged: bool = False


def about_user(user: User) -> None:
    """Note whose request this is; the first who is noted counts."""
    facts = _facts()
    facts.actor = facts.actor or user


def about_job(job: Job) -> None:
    """Note a job that the request is about; there may be several."""
    _facts().jobs[job.job_id] = job.user_id


def about_only(job_ids: Collection[str]) -> None:
    """Of the jobs that were noted, keep these: nothing was read of the others.

    If none is left, nothing is recorded.
    """
    facts = _facts()
    facts.jobs = {job_id: owner for job_id, owner in facts.jobs.items() if job_id in job_ids}
    facts.unchanged = facts.unchanged or not facts.jobs


def about_other(user: User) -> None:
    """Note whose account an operator reads or changes."""
    _facts().other = user


def came_by(means: Means, means_id: str) -> None:
    """Note the token or the link that somebody came by, by its id: never its secret."""
    facts = _facts()
    facts.means, facts.means_id = means, means_id


def nothing_changed() -> None:
    """Leave this request out: a form was shown again, or there was nothing to do or to see."""
    _facts().unchanged = True


class Audit:
    """Records what succeeded."""

    def __init__(self) -> None:
        self._lately: TTLCache[Hashable, bool] = TTLCache(MOST_REMEMBERED, REPEATED_SECONDS)
        self._lock = Lock()

    def init_app(self, app: Flask) -> None:
        """Record after every request of `app`."""
        app.after_request(self._record)

    def _record(self, response: Response) -> Response:
        if request.endpoint is None or response.status_code >= 400 or _facts().unchanged:
            return response
        action = action_of(current_app.view_functions[request.endpoint])
        if action is None:
            return response
        facts = _facts()
        for job_id, owner in facts.jobs.items():
            self._write(owner, action, job_id)
        account = facts.other or facts.actor
        if not facts.jobs and account is not None:
            self._write(account.user_id, action, None)
        return response

    def _write(self, owner: str, action: Action, job_id: str | None) -> None:
        facts = _facts()
        actor = facts.actor.user_id if facts.actor else None
        if owner == EXAMPLE_OWNER:
            return
        address = client_address()
        key = (owner, action, job_id, actor, facts.means, facts.means_id, address)
        if action in REPEATED and self._was_lately(key):
            return
        services().audit.record(
            owner,
            action,
            actor=actor,
            means=facts.means,
            means_id=facts.means_id,
            address=address,
            job_id=job_id,
        )
        with self._lock:
            self._lately[key] = True

    def _was_lately(self, key: Hashable) -> bool:
        with self._lock:
            return key in self._lately


def _facts() -> _Facts:
    if "audit_facts" not in g:
        g.audit_facts = _Facts()
    found: _Facts = g.audit_facts
    return found
