"""Every route of the API has a rule that is listed here, and keeps it."""

import uuid

import pytest

from runtime.common.api_tokens import Scope
from runtime.web.access import Rule, rule_of
from tests.unit.web.api.client import Program
from tests.unit.web.site import Site

ROUTES: dict[str, Rule | Scope] = {
    "GET /openapi.json": Rule.PUBLIC,
    "GET /jobs": Scope.JOBS_READ,
    "POST /jobs": Scope.JOBS_WRITE,
    "GET /jobs/<uuid:job_id>": Scope.JOBS_READ,
    "POST /jobs/<uuid:job_id>/start": Scope.JOBS_WRITE,
    "GET /jobs/<uuid:job_id>/wait": Scope.JOBS_READ,
    "POST /jobs/<uuid:job_id>/cancel": Scope.JOBS_WRITE,
    "POST /jobs/<uuid:job_id>/again": Scope.JOBS_WRITE,
    "DELETE /jobs/<uuid:job_id>": Scope.JOBS_WRITE,
    "GET /account": Rule.TOKEN_REQUIRED,
    "GET /references": Rule.TOKEN_REQUIRED,
    "POST /references/find": Rule.TOKEN_REQUIRED,
    "GET /jobs/<uuid:job_id>/files": Scope.RESULTS_READ,
    "GET /jobs/<uuid:job_id>/summary": Scope.RESULTS_READ,
    "GET /jobs/<uuid:job_id>/variants": Scope.RESULTS_READ,
    "GET /jobs/<uuid:job_id>/exports/<form>": Scope.RESULTS_READ,
    "GET /jobs/<uuid:job_id>/upload": Scope.JOBS_WRITE,
    "POST /jobs/<uuid:job_id>/upload/parts": Scope.JOBS_WRITE,
}

GUARDED = [route for route, rule in ROUTES.items() if rule is not Rule.PUBLIC]
SCOPED = [route for route, rule in ROUTES.items() if isinstance(rule, Scope)]
PROVED_BY_A_TICKET = {
    "POST /jobs/<uuid:job_id>/start",
    "GET /jobs/<uuid:job_id>/upload",
    "POST /jobs/<uuid:job_id>/upload/parts",
}
OWNED = [r for r in ROUTES if "job_id" in r and r not in PROVED_BY_A_TICKET]


def path_of(route: str, job_id: str) -> str:
    return route.replace("<uuid:job_id>", job_id).replace("<form>", "vcf")


def test_should_carry_the_listed_rule_when_a_route_of_the_api_is_registered(site: Site) -> None:
    found = {
        f"{method} {route.rule.removeprefix('/api/v1')}": rule_of(
            site.app.view_functions[route.endpoint]
        )
        for route in site.app.url_map.iter_rules()
        for method in (route.methods or set()) - {"HEAD", "OPTIONS"}
        if route.rule.startswith("/api/")
    }
    assert found == ROUTES


@pytest.mark.parametrize("route", GUARDED)
def test_should_answer_401_when_there_is_no_token(site: Site, route: str) -> None:
    answer = Program(site, None).ask(path_of(route, str(uuid.uuid4())))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.mimetype == "application/problem+json"


def test_should_answer_401_when_only_a_cookie_comes(site: Site) -> None:
    browser = site.browser(site.user())
    assert browser.client.get("/api/v1/jobs").status_code == 401


@pytest.mark.parametrize("route", SCOPED)
def test_should_answer_403_and_name_the_scope_when_the_token_lacks_it(
    site: Site, route: str
) -> None:
    scope = ROUTES[route]
    others = [each for each in Scope if each is not scope]
    answer = Program(site, site.user(), others).ask(path_of(route, str(uuid.uuid4())))
    assert answer.status_code == 403
    assert scope in answer.get_json()["detail"]
    assert f"scope={scope}" in answer.headers["WWW-Authenticate"].replace('"', "")


@pytest.mark.parametrize("route", OWNED)
def test_should_answer_404_when_the_job_of_a_request_is_another_users(
    site: Site, route: str
) -> None:
    job = site.job(site.user("Ada"))
    program = Program(site, site.user("Eve"))
    foreign = program.ask(path_of(route, job.job_id))
    missing = program.ask(path_of(route, missing_id := str(uuid.uuid4())))
    assert site.jobs.get(job.job_id) == job
    assert foreign.status_code == missing.status_code == 404
    assert foreign.text == missing.text.replace(missing_id, job.job_id)


def test_should_answer_401_when_the_account_was_deleted(site: Site) -> None:
    user = site.user()
    program = Program(site, user)
    assert program.ask("GET /jobs").status_code == 200
    site.services.users.mark_deleted(user.user_id)
    assert program.ask("GET /jobs").status_code == 401


@pytest.mark.parametrize(
    "path", ["/api/v1/jobs", "/api/v1/references/find", "/ga4gh/drs/v1/objects"]
)
def test_should_answer_400_when_a_body_has_very_many_levels(site: Site, path: str) -> None:
    program = Program(site, site.user())
    answer = program.client.post(
        path, data="[" * 5000, content_type="application/json", headers=program.headers
    )
    assert answer.status_code == 400
    assert "levels" in answer.text
