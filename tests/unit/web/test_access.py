"""Every route has the rule that routes.py lists, and keeps it."""

import uuid

import pytest

from runtime.common.api_tokens import Scope
from runtime.web.access import Rule, rule_of
from runtime.web.extensions.audit import action_of
from tests.unit.web.routes import ID, OF_A_JOB, OWNED, ROUTES, ask, path_of, without_tokens
from tests.unit.web.site import Site

OF_PROGRAMS = ("/api/", "/ga4gh/")
"""The routes of tests/unit/web/api/test_api_access.py."""

UNRECORDED = {
    "POST /register": "there is no account yet, or it must not be told that there is one",
    "POST /confirm/again": "it emails a link, whose use is recorded",
    "POST /forgot": "the same",
    "POST /profile/second-factor": "it begins what is recorded once it is confirmed",
    "POST /uploads": "it signs an upload, whose job is recorded",
    "POST /api/v1/jobs": "the same",
    "POST /api/v1/jobs/<uuid:job_id>/upload/parts": "the same",
    "POST /api/v1/references/find": "it answers a question, and stores nothing",
    "POST /billing/setup": "it prepares a card at Stripe; the subscription is recorded",
    "POST /billing/check": "it reads what Stripe has; nobody chose anything",
    "GET /jobs/<uuid:job_id>/sharing": "who has access; no result",
    "POST /link": "it opens a link; what is seen by it is recorded",
    "POST /webhooks/stripe": "Stripe comes, and no person",
    "POST /sign-in/new/mail": "an email, to somebody who has no account yet",
    "POST /profile/institutions/leave": "links nothing",
    "GET /jobs/<uuid:job_id>/status": "pages ask every few seconds, and see no result",
    "GET /jobs/<uuid:job_id>/delete": "a question, which shows no result",
    "GET /jobs/<uuid:job_id>/genes": "names of genes of the reference",
}
"""Routes that change something, or are of a job, and aren't in the audit log: each says why."""


def test_should_carry_the_listed_rule_when_a_route_is_registered(site: Site) -> None:
    found = {
        f"{method} {route.rule}": rule_of(site.app.view_functions[route.endpoint])
        for route in site.app.url_map.iter_rules()
        for method in (route.methods or set()) - {"HEAD", "OPTIONS"}
        if not route.rule.startswith(OF_PROGRAMS)
    }
    assert found == ROUTES


def test_should_be_in_the_audit_log_when_a_route_changes_something_or_reads_a_result(
    site: Site,
) -> None:
    """The routes of programs too."""
    unrecorded = set()
    for route in site.app.url_map.iter_rules():
        view = site.app.view_functions[route.endpoint]
        for method in (route.methods or set()) - {"HEAD", "OPTIONS"}:
            reads = rule_of(view) in (*OF_A_JOB, Scope.RESULTS_READ)
            if (reads or method != "GET") and action_of(view) is None:
                unrecorded.add(f"{method} {route.rule}")
    assert unrecorded == set(UNRECORDED)


HIDDEN = [route for route, rule in ROUTES.items() if rule is Rule.OPERATOR_REQUIRED]
OTHERS = (Rule.PUBLIC, Rule.OPERATOR_REQUIRED)


@pytest.mark.parametrize("route", HIDDEN)
def test_should_answer_404_when_somebody_else_asks_for_an_operators_page(
    site: Site, route: str
) -> None:
    assert ask(site.visitor(), route).status_code == 404
    assert ask(site.browser(site.user()), route).status_code == 404


@pytest.mark.parametrize("route", [r for r, rule in ROUTES.items() if rule not in OTHERS])
def test_should_ask_to_sign_in_when_a_visitor_comes(site: Site, route: str) -> None:
    answer = ask(site.visitor(), route)
    if route.startswith("GET"):
        assert answer.status_code == 303
        assert answer.location.startswith("/sign-in?next=/")
    else:
        assert answer.status_code == 401
        assert "Sign in" in answer.get_json()["error"]


@pytest.mark.parametrize("route", OWNED)
def test_should_answer_404_when_the_job_is_another_users(site: Site, route: str) -> None:
    job = site.job(site.user("Ada"))
    browser = site.browser(site.user("Eve"))
    foreign = ask(browser, route, job.job_id)
    missing = ask(browser, route)
    assert site.jobs.get(job.job_id) == job
    assert foreign.status_code == missing.status_code == 404
    assert without_tokens(foreign.text) == without_tokens(missing.text)


def test_should_answer_404_when_the_job_id_is_no_id(site: Site) -> None:
    assert site.browser(site.user()).get("/jobs/../../etc").status_code == 404


CHANGES = [
    path_of(f"/jobs/<uuid:job_id>/{verb}", ID) for verb in ("cancel", "again", "note", "bring-back")
]


@pytest.mark.parametrize("path", ["/sign-out", "/uploads", *CHANGES])
def test_should_change_nothing_when_asked_by_get(site: Site, path: str) -> None:
    browser = site.browser(site.user())
    assert browser.get(path).status_code == 405
    assert browser.get("/jobs").status_code == 200


SIGNED = {"POST /webhooks/stripe"}
"""Proved by a signature over the body: tests/unit/web/billing/test_webhooks.py."""


@pytest.mark.parametrize("route", [r for r in ROUTES if r.startswith("POST") and r not in SIGNED])
def test_should_refuse_when_the_csrf_token_is_missing_or_wrong(site: Site, route: str) -> None:
    path = path_of(route, str(uuid.uuid4())).removeprefix("POST ")
    client = site.browser(site.user()).client
    for headers in ({}, {"X-CSRFToken": "forged"}):
        answer = client.post(path, json={}, headers=headers)
        assert answer.status_code in (400, 403)
        assert "Reload" in answer.get_json()["error"]


def test_should_say_to_a_script_what_helps_when_its_page_is_older_than_the_session(
    site: Site,
) -> None:
    # An upload that is done isn't lost by either.
    user = site.user()
    headers = {"X-CSRFToken": site.browser(user).csrf_token()}
    gone, renewed = site.visitor().client, site.browser(user).client
    answers = [each.post("/jobs", json={}, headers=headers) for each in (gone, renewed)]
    assert [answer.status_code for answer in answers] == [401, 403]
