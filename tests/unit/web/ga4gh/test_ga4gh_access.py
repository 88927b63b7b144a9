"""Every route of GA4GH's services has a rule that is listed here, and keeps it."""

import uuid

import pytest

from runtime.common.api_tokens import Scope
from runtime.web.access import Rule, rule_of
from tests.unit.web.api.client import Program
from tests.unit.web.site import Site

ROUTES: dict[str, Rule | Scope] = {
    "GET /ga4gh/wes/v1/service-info": Rule.PUBLIC,
    "GET /ga4gh/wes/v1/runs": Scope.JOBS_READ,
    "POST /ga4gh/wes/v1/runs": Scope.JOBS_WRITE,
    "GET /ga4gh/wes/v1/runs/<run_id>": Scope.JOBS_READ,
    "GET /ga4gh/wes/v1/runs/<run_id>/status": Scope.JOBS_READ,
    "GET /ga4gh/wes/v1/runs/<run_id>/tasks": Scope.JOBS_READ,
    "GET /ga4gh/wes/v1/runs/<run_id>/tasks/<task_id>": Scope.JOBS_READ,
    "POST /ga4gh/wes/v1/runs/<run_id>/cancel": Scope.JOBS_WRITE,
    "GET /ga4gh/drs/v1/service-info": Rule.PUBLIC,
    "POST /ga4gh/drs/v1/objects": Scope.RESULTS_READ,
    "POST /ga4gh/drs/v1/objects/access": Scope.RESULTS_READ,
    "GET /ga4gh/drs/v1/objects/<object_id>": Scope.RESULTS_READ,
    "GET /ga4gh/drs/v1/objects/<object_id>/access/<access_id>": Scope.RESULTS_READ,
}
SCOPED = [route for route, rule in ROUTES.items() if isinstance(rule, Scope)]


def send(program: Program, route: str, of: str) -> tuple[int, str]:
    """Ask for a route about a job; return the status and the sentence."""
    names = {"object_id": f"{of}.vcf", "access_id": "https", "run_id": of, "task_id": "annotate"}
    for name, value in names.items():
        route = route.replace(f"<{name}>", value)
    method, path = route.split(" ")
    answer = program.client.open(path, method=method, headers=program.headers)
    return answer.status_code, answer.get_json()["msg"]


def test_should_carry_the_listed_rule_when_a_route_of_ga4gh_is_registered(site: Site) -> None:
    found = {
        f"{method} {route.rule}": rule_of(site.app.view_functions[route.endpoint])
        for route in site.app.url_map.iter_rules()
        for method in (route.methods or set()) - {"HEAD", "OPTIONS"}
        if route.rule.startswith("/ga4gh/")
    }
    assert found == ROUTES


@pytest.mark.parametrize("route", SCOPED)
def test_should_refuse_as_ga4gh_wants_it_when_there_is_no_token_or_no_scope(
    site: Site, route: str
) -> None:
    of, scope = str(uuid.uuid4()), ROUTES[route]
    status, msg = send(Program(site, None), route, of)
    assert (status, "token" in msg) == (401, True)
    others = [each for each in Scope if each is not scope]
    status, msg = send(Program(site, site.user(), others), route, of)
    assert (status, scope in msg) == (403, True)


@pytest.mark.parametrize("route", [route for route in SCOPED if "_id>" in route])
def test_should_answer_404_when_what_a_request_names_is_another_users(
    site: Site, route: str
) -> None:
    job = site.job(site.user("Ada"))
    program = Program(site, site.user("Eve"))
    foreign, missing = send(program, route, job.job_id), send(program, route, str(uuid.uuid4()))
    assert foreign == missing
    assert foreign[0] == 404
    assert site.jobs.get(job.job_id) == job
