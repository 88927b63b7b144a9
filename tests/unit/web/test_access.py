"""Every route has a rule that is listed here, and keeps it."""

import re
import uuid

import pytest
from werkzeug.test import TestResponse

from runtime.common.api_tokens import Scope
from runtime.web.access import Rule, rule_of
from runtime.web.extensions.audit import action_of
from tests.unit.web.site import Browser, Site

ROUTES = {
    "GET /": Rule.PUBLIC,
    "GET /example": Rule.PUBLIC,
    "GET /help": Rule.PUBLIC,
    "GET /help/fields": Rule.PUBLIC,
    "GET /help/search": Rule.PUBLIC,
    "GET /help/api": Rule.PUBLIC,
    "GET /pricing": Rule.PUBLIC,
    "GET /about": Rule.PUBLIC,
    "GET /privacy": Rule.PUBLIC,
    "GET /terms": Rule.PUBLIC,
    "GET /contact": Rule.PUBLIC,
    "GET /alive": Rule.PUBLIC,
    "GET /service-info": Rule.PUBLIC,
    "GET /services": Rule.PUBLIC,
    "GET /health": Rule.PUBLIC,
    "GET /sign-in": Rule.PUBLIC,
    "POST /sign-in": Rule.PUBLIC,
    "GET /sign-in/with/<name>": Rule.PUBLIC,
    "GET /sign-in/with/<name>/return": Rule.PUBLIC,
    "GET /sign-in/new": Rule.PUBLIC,
    "POST /sign-in/new": Rule.PUBLIC,
    "POST /sign-in/new/password": Rule.PUBLIC,
    "POST /sign-in/new/mail": Rule.PUBLIC,
    "GET /sign-in/new/<token>": Rule.PUBLIC,
    "POST /sign-in/new/<token>": Rule.PUBLIC,
    "GET /profile/institutions": Rule.LOGIN_REQUIRED,
    "POST /profile/institutions/link": Rule.LOGIN_REQUIRED,
    "POST /profile/institutions/unlink": Rule.LOGIN_REQUIRED,
    "POST /profile/institutions/leave": Rule.LOGIN_REQUIRED,
    "GET /sign-in/code": Rule.PUBLIC,
    "POST /sign-in/code": Rule.PUBLIC,
    "POST /sign-out": Rule.PUBLIC,
    "POST /sign-out-everywhere": Rule.LOGIN_REQUIRED,
    "GET /register": Rule.PUBLIC,
    "POST /register": Rule.PUBLIC,
    "GET /confirm/again": Rule.PUBLIC,
    "POST /confirm/again": Rule.PUBLIC,
    "GET /confirm/<token>": Rule.PUBLIC,
    "POST /confirm/<token>": Rule.PUBLIC,
    "GET /forgot": Rule.PUBLIC,
    "POST /forgot": Rule.PUBLIC,
    "GET /reset/<token>": Rule.PUBLIC,
    "POST /reset/<token>": Rule.PUBLIC,
    "GET /profile": Rule.LOGIN_REQUIRED,
    "POST /profile/name": Rule.LOGIN_REQUIRED,
    "POST /profile/mails": Rule.LOGIN_REQUIRED,
    "GET /profile/activity": Rule.LOGIN_REQUIRED,
    "GET /profile/activity/log.csv": Rule.LOGIN_REQUIRED,
    "GET /profile/activity/log.jsonl": Rule.LOGIN_REQUIRED,
    "GET /profile/password": Rule.LOGIN_REQUIRED,
    "POST /profile/password": Rule.LOGIN_REQUIRED,
    "GET /profile/second-factor": Rule.LOGIN_REQUIRED,
    "POST /profile/second-factor": Rule.LOGIN_REQUIRED,
    "GET /profile/second-factor/confirm": Rule.LOGIN_REQUIRED,
    "POST /profile/second-factor/confirm": Rule.LOGIN_REQUIRED,
    "POST /profile/second-factor/recovery-codes": Rule.LOGIN_REQUIRED,
    "POST /profile/second-factor/turn-off": Rule.LOGIN_REQUIRED,
    "GET /profile/webhook": Rule.LOGIN_REQUIRED,
    "POST /profile/webhook": Rule.LOGIN_REQUIRED,
    "POST /profile/webhook/delete": Rule.LOGIN_REQUIRED,
    "POST /profile/webhook/enable": Rule.LOGIN_REQUIRED,
    "POST /profile/webhook/test": Rule.LOGIN_REQUIRED,
    "POST /profile/webhook/deliveries/<string:item_id>/redeliver": Rule.LOGIN_REQUIRED,
    "GET /profile/email": Rule.LOGIN_REQUIRED,
    "POST /profile/email": Rule.LOGIN_REQUIRED,
    "GET /profile/email/<token>": Rule.LOGIN_REQUIRED,
    "POST /profile/email/<token>": Rule.LOGIN_REQUIRED,
    "GET /agree-email-change/<token>": Rule.PUBLIC,
    "POST /agree-email-change/<token>": Rule.PUBLIC,
    "GET /stop-email-change/<token>": Rule.PUBLIC,
    "POST /stop-email-change/<token>": Rule.PUBLIC,
    "GET /profile/delete": Rule.LOGIN_REQUIRED,
    "POST /profile/delete": Rule.LOGIN_REQUIRED,
    "GET /profile/tokens/new": Rule.LOGIN_REQUIRED,
    "POST /profile/tokens/new": Rule.LOGIN_REQUIRED,
    "POST /profile/tokens/<uuid:token_id>/revoke": Rule.LOGIN_REQUIRED,
    "GET /static/<version>/<path:name>": Rule.PUBLIC,
    "GET /upload": Rule.LOGIN_REQUIRED,
    "GET /upload/references.json": Rule.LOGIN_REQUIRED,
    "GET /upload/example": Rule.LOGIN_REQUIRED,
    "POST /uploads": Rule.LOGIN_REQUIRED,
    "GET /jobs": Rule.LOGIN_REQUIRED,
    "POST /jobs": Rule.LOGIN_REQUIRED,
    "GET /jobs/chosen/delete": Rule.LOGIN_REQUIRED,
    "POST /jobs/chosen/delete": Rule.LOGIN_REQUIRED,
    "GET /jobs/chosen/states": Rule.LOGIN_REQUIRED,
    "GET /jobs/chosen/download": Rule.LOGIN_REQUIRED,
    "GET /jobs/<uuid:job_id>": Rule.JOB_READER_REQUIRED,
    "GET /jobs/<uuid:job_id>/status": Rule.JOB_READER_REQUIRED,
    "GET /jobs/<uuid:job_id>/log": Rule.JOB_READER_REQUIRED,
    "GET /jobs/<uuid:job_id>/summary.json": Rule.JOB_READER_REQUIRED,
    "GET /jobs/<uuid:job_id>/download": Rule.JOB_READER_REQUIRED,
    "POST /jobs/<uuid:job_id>/cancel": Rule.JOB_OWNER_REQUIRED,
    "GET /jobs/<uuid:job_id>/delete": Rule.JOB_OWNER_REQUIRED,
    "POST /jobs/<uuid:job_id>/delete": Rule.JOB_OWNER_REQUIRED,
    "POST /jobs/<uuid:job_id>/again": Rule.JOB_OWNER_REQUIRED,
    "POST /jobs/<uuid:job_id>/bring-back": Rule.JOB_OWNER_REQUIRED,
    "POST /jobs/<uuid:job_id>/note": Rule.JOB_OWNER_REQUIRED,
    "GET /jobs/<uuid:job_id>/variants": Rule.JOB_READER_REQUIRED,
    "GET /jobs/<uuid:job_id>/variants.vcf.gz": Rule.JOB_READER_REQUIRED,
    "GET /jobs/<uuid:job_id>/variants.tsv": Rule.JOB_READER_REQUIRED,
    "GET /jobs/<uuid:job_id>/effects.tsv": Rule.JOB_READER_REQUIRED,
    "GET /jobs/<uuid:job_id>/download/genotypes": Rule.JOB_READER_REQUIRED,
    "GET /jobs/<uuid:job_id>/variants.parquet": Rule.JOB_READER_REQUIRED,
    "GET /jobs/<uuid:job_id>/download/index": Rule.JOB_READER_REQUIRED,
    "GET /jobs/<uuid:job_id>/download/parquet": Rule.JOB_READER_REQUIRED,
    "GET /jobs/<uuid:job_id>/genes": Rule.JOB_READER_REQUIRED,
    "GET /jobs/<uuid:job_id>/genome": Rule.JOB_READER_REQUIRED,
    "GET /jobs/<uuid:job_id>/genome/matches.json": Rule.JOB_READER_REQUIRED,
    "GET /jobs/<uuid:job_id>/genome/variants.vcf.gz": Rule.JOB_READER_REQUIRED,
    "GET /jobs/<uuid:job_id>/genome/variants.vcf.gz.tbi": Rule.JOB_READER_REQUIRED,
    "GET /jobs/<uuid:job_id>/provenance": Rule.JOB_READER_REQUIRED,
    "GET /jobs/<uuid:job_id>/provenance.json": Rule.JOB_READER_REQUIRED,
    "GET /jobs/<uuid:job_id>/sharing": Rule.JOB_OWNER_REQUIRED,
    "POST /jobs/<uuid:job_id>/sharing/guests": Rule.JOB_OWNER_REQUIRED,
    "POST /jobs/<uuid:job_id>/sharing/links": Rule.JOB_OWNER_REQUIRED,
    "POST /jobs/<uuid:job_id>/sharing/end": Rule.JOB_OWNER_REQUIRED,
    "POST /jobs/<uuid:job_id>/remarks/star": Rule.JOB_READER_REQUIRED,
    "POST /jobs/<uuid:job_id>/remarks/comments": Rule.JOB_READER_REQUIRED,
    "POST /jobs/<uuid:job_id>/remarks/comments/delete": Rule.JOB_READER_REQUIRED,
    "POST /filters": Rule.LOGIN_REQUIRED,
    "POST /filters/delete": Rule.LOGIN_REQUIRED,
    "GET /shared": Rule.LOGIN_REQUIRED,
    "POST /shared/<uuid:job_id>/leave": Rule.LOGIN_REQUIRED,
    "GET /link": Rule.PUBLIC,
    "POST /link": Rule.PUBLIC,
    "GET /reference/<reference_name>/<path:name>": Rule.REFERENCE_READER_REQUIRED,
    "GET /subscribe": Rule.LOGIN_REQUIRED,
    "POST /billing/setup": Rule.LOGIN_REQUIRED,
    "POST /billing/subscribe": Rule.LOGIN_REQUIRED,
    "POST /billing/check": Rule.LOGIN_REQUIRED,
    "POST /billing/cancel": Rule.LOGIN_REQUIRED,
    "POST /billing/resume": Rule.LOGIN_REQUIRED,
    "GET /operator": Rule.OPERATOR_REQUIRED,
    "GET /operator/confirm": Rule.OPERATOR_REQUIRED,
    "POST /operator/confirm": Rule.OPERATOR_REQUIRED,
    "POST /operator/jobs/<uuid:job_id>/redrive": Rule.OPERATOR_REQUIRED,
    "POST /operator/jobs/<uuid:job_id>/give-up": Rule.OPERATOR_REQUIRED,
    "GET /operator/queues": Rule.OPERATOR_REQUIRED,
    "GET /operator/queues/<name>": Rule.OPERATOR_REQUIRED,
    "POST /operator/queues/<name>/redrive": Rule.OPERATOR_REQUIRED,
    "POST /operator/queues/<name>/letters/<uuid:message_id>/redrive": Rule.OPERATOR_REQUIRED,
    "POST /operator/queues/<name>/letters/<uuid:message_id>/give-up": Rule.OPERATOR_REQUIRED,
    "GET /operator/fleets": Rule.OPERATOR_REQUIRED,
    "GET /operator/scaling": Rule.OPERATOR_REQUIRED,
    "GET /operator/scaling/charts": Rule.OPERATOR_REQUIRED,
    "GET /operator/accounts": Rule.OPERATOR_REQUIRED,
    "GET /operator/figures": Rule.OPERATOR_REQUIRED,
    "POST /operator/accounts/<uuid:user_id>/suspend": Rule.OPERATOR_REQUIRED,
    "POST /operator/accounts/<uuid:user_id>/resume": Rule.OPERATOR_REQUIRED,
    "POST /operator/accounts/<uuid:user_id>/erase": Rule.OPERATOR_REQUIRED,
    "POST /webhooks/stripe": Rule.PUBLIC,
}

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

ID = "0b9a1f0e-6c1d-4a53-9a0e-2f6d5c8e7b41"
OF_A_JOB = (Rule.JOB_OWNER_REQUIRED, Rule.JOB_READER_REQUIRED)
OWNED = [route for route, rule in ROUTES.items() if rule in OF_A_JOB]


def path_of(route: str, job_id: str) -> str:
    return re.sub("<uuid:[a-z_]+>", job_id, route)


def ask(browser: Browser, route: str, job_id: str = "") -> TestResponse:
    method, path = path_of(route, job_id or str(uuid.uuid4())).split(" ")
    return browser.get(path) if method == "GET" else browser.post_json(path, {})


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


def without_tokens(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrf" not in line)


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
