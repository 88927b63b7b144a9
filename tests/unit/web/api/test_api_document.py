"""The OpenAPI document and its page, and pages of other sites."""

import re
from typing import get_args

import jsonschema
import pytest
from flask_openapi3.utils import parse_rule
from openapi_spec_validator import validate

from runtime.common.api_tokens import Scope
from runtime.common.job import JobState
from runtime.common.messages import ResultMoved
from runtime.webhooks.events import TEST
from runtime.webhooks.post import TOTAL_SECONDS
from runtime.webhooks.signature import TOLERANCE_SECONDS
from tests.unit.web.api.client import Program
from tests.unit.web.api.test_api_access import ROUTES
from tests.unit.web.site import API_ORIGIN, Site


def test_should_describe_every_route_when_the_document_is_asked_for(site: Site) -> None:
    document = Program(site, None).ask("GET /openapi.json").get_json()
    validate(document)
    assert document["openapi"].startswith("3.1")
    described = {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    for route, rule in ROUTES.items():
        if route == "GET /openapi.json":
            continue
        method, path = route.split(" ")
        operation = described[f"{method} {parse_rule(f'/api/v1{path}')}"]
        scopes = [rule.value] if isinstance(rule, Scope) else []
        assert operation["security"] == [{"token": scopes}]
        assert "application/problem+json" in operation["responses"]["401"]["content"]
        assert operation["summary"]


def test_should_have_no_pages_of_the_librarys_own(site: Site) -> None:
    assert not [rule.rule for rule in site.app.url_map.iter_rules() if "openapi" in rule.rule][1:]
    assert site.visitor().get("/openapi/").status_code == 404


def test_should_explain_every_route_and_error_when_a_person_reads_the_page(site: Site) -> None:
    page = site.visitor().get("/help/api").text
    for path, methods in Program(site, None).ask("GET /openapi.json").get_json()["paths"].items():
        for method in methods:
            assert f"<code>{method.upper()} {path}</code>" in page
    problem = Program(site, None).ask("GET /jobs").get_json()
    anchor = problem["type"].partition("#")[2]
    assert problem["type"].startswith(site.config.site_url + "/help/api#")
    assert f'id="{anchor}"' in page
    assert 'href="/help/api"' in site.visitor().get("/help").text


def test_should_name_each_event_of_webhooks_when_the_page_explains_them(site: Site) -> None:
    page = site.visitor().get("/help/api").text
    section = page.partition('id="webhooks"')[2].partition("</section>")[0]
    ended = [JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED]
    moves = get_args(ResultMoved.model_fields["move"].annotation)
    types = {f"job.{word}".lower() for word in (*ended, *moves)} | {TEST}
    assert set(re.findall(r"<dt><code>([a-z.]+)<", section)) == types
    assert f"more than {TOLERANCE_SECONDS // 60} minutes ago" in section
    assert f"within {TOTAL_SECONDS:.0f} seconds" in section


@pytest.mark.parametrize("origin", [API_ORIGIN, "https://elsewhere.example.org", "null"])
def test_should_let_a_page_read_answers_only_when_the_stage_lists_its_origin(
    site: Site, origin: str
) -> None:
    program = Program(site, site.user())
    asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    before = Program(site, None).ask("OPTIONS /jobs", headers=asked)
    answer = program.ask("GET /jobs", headers={"Origin": origin})
    refused = Program(site, None).ask("GET /jobs", headers={"Origin": origin})
    assert (before.status_code, answer.status_code, refused.status_code) == (200, 200, 401)
    allowed = origin if origin == API_ORIGIN else None
    for each in (before, answer, refused):
        assert each.headers.get("Access-Control-Allow-Origin") == allowed
        assert "Origin" in each.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in each.headers
    assert ("Authorization" in before.headers.get("Access-Control-Allow-Headers", "")) is bool(
        allowed
    )


def test_should_give_examples_that_fit_when_a_model_has_some(site: Site) -> None:
    schemas = Program(site, None).ask("GET /openapi.json").get_json()["components"]["schemas"]
    given = {name: schema["examples"] for name, schema in schemas.items() if "examples" in schema}
    assert {"NewJob", "Start", "Again", "OpenedJob", "JobAnswer"} <= given.keys()
    for name, examples in given.items():
        whole = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
        for example in examples:
            jsonschema.validate(example, whole, cls=jsonschema.Draft202012Validator)


def test_should_answer_as_the_document_says_when_jobs_are_shown(site: Site) -> None:
    schemas = Program(site, None).ask("GET /openapi.json").get_json()["components"]["schemas"]
    user = site.user()
    site.job(user)
    program = Program(site, user)
    for route, name in (
        ("GET /jobs", "JobList"),
        ("GET /account", "Account"),
        ("GET /references?contigs=true", "ReferenceList"),
        ("GET /jobs?limit=0", "Problem"),
    ):
        whole = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
        jsonschema.validate(
            program.ask(route).get_json(), whole, cls=jsonschema.Draft202012Validator
        )
