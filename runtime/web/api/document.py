"""The OpenAPI document, from the routes, their models and their rules."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask, Response, current_app, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI
from flask_openapi3.utils import parse_rule

from runtime.common.api_tokens import Scope
from runtime.web.access import Rule, public, rule_of
from runtime.web.api.answers import JSON
from runtime.web.api.idempotent import HEADER, MAX_KEY, is_idempotent
from runtime.web.api.models.drs_models import Ga4ghError
from runtime.web.api.models.problem import Problem
from runtime.web.api.problems import KINDS, MEDIA_TYPE, refuse_invalid
from runtime.web.api.routes import PREFIX, group

SCHEME = "token"

OPTIONS: dict[str, Any] = {
    "info": Info(
        title="Genomics Annotation Service",
        version="1.0.0",
        description="Annotates the variants of VCF files. Make a token on your account's page. "
        "The page /help/api explains the API.",
    ),
    "security_schemes": {
        SCHEME: {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of your account, such as gas_…, with scopes: "
            + ", ".join(Scope),
        }
    },
    # Its own pages load scripts, and would be public without a rule.
    "doc_ui": False,
    "validation_error_status": 400,
    "validation_error_model": Problem,
    "validation_error_callback": refuse_invalid,
}
"""Arguments of the app's class, `flask_openapi3.OpenAPI`."""

EXTENSION = "gas-api-document"
_KEY_PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Sent twice within 24 hours with the same body, the request is answered twice "
    "but creates one thing. Use a new key, such as a UUID, for each request.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY},
}
_EVERYWHERE = (400, 405, 429, 500, 503)

blueprint = group("api_document", "This document.")


EXAMPLE = """\
export TOKEN=gas_… URL={site}/api/v1
curl -sS "$URL/jobs" -H "Authorization: Bearer $TOKEN" --json \\
  '{{"file_name": "sample.vcf", "size": '$(wc -c < sample.vcf)'}}' > job.json
jq -r '.upload.fields | to_entries[] | "form = \\"\\(.key)=\\(.value)\\""' job.json > form
curl -sS "$(jq -r .upload.url job.json)" --config form --form file=@sample.vcf
JOB=$(jq -r .job_id job.json)
jq '{{ticket}}' job.json | curl -sS "$URL/jobs/$JOB/start" \\
  -H "Authorization: Bearer $TOKEN" --json @-
curl -sS "$URL/jobs/$JOB/wait" -H "Authorization: Bearer $TOKEN"
"""
"""Commands that annotate a file; `site` is where the site is."""


@blueprint.get("/openapi.json", doc_ui=False)
@public
def openapi() -> Response:
    """The OpenAPI document."""
    return jsonify(document_of(current_app))


def register(app: OpenAPI, group: APIBlueprint) -> None:
    """Add a group of routes to an app and to its document.

    The library takes the last group's methods of a path for all of them.
    """
    for path, item in group.paths.items():
        for method, operation in app.paths.get(path, ()):
            if operation is not None:
                setattr(item, method, operation)
    app.register_api(group)


def init_app(app: OpenAPI) -> None:
    """Write the document of an app whose routes are all registered."""
    document = dict(app.api_doc)
    document["servers"] = [{"url": app.config["SITE_URL"]}]
    for schema in document["components"]["schemas"].values():
        schema.pop("$defs", None)
        if "example" in schema:  # the library knows no other; 3.1 has a list
            schema["examples"] = [schema.pop("example")]
    document["components"]["schemas"]["Ga4ghError"] = Ga4ghError.model_json_schema()
    for path, operation, view in _operations(app, document):
        error = _problem if path.startswith(PREFIX) else _ga4gh_error
        _complete(operation, view, error)
    app.extensions[EXTENSION] = document


def document_of(app: Flask) -> dict[str, Any]:
    """Return the document of an app."""
    found: dict[str, Any] = app.extensions[EXTENSION]
    return found


def _operations(app: Flask, document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """The operations of the document, each with its path and its view function."""
    for route in app.url_map.iter_rules():
        path = document["paths"].get(parse_rule(route.rule))
        for method in route.methods or () if path else ():
            if method.lower() in path:
                yield route.rule, path[method.lower()], app.view_functions[route.endpoint]


def _complete(
    operation: dict[str, Any],
    view: Callable[..., object],
    error: Callable[[int], dict[str, Any]],
) -> None:
    """Write what follows from the rules of a route; `error` describes the answer of a status."""
    rule = rule_of(view)
    operation["description"] = operation.get("description", "").replace("<br/>", "\n").strip()
    operation["responses"].pop("400", None)
    codes = [*_EVERYWHERE]
    if rule is not Rule.PUBLIC:
        operation["security"] = [{SCHEME: [rule.value] if isinstance(rule, Scope) else []}]
        codes += [401]
    if isinstance(rule, Scope):
        codes += [403]
    if is_idempotent(view):
        operation.setdefault("parameters", []).append(_KEY_PARAMETER)
    if any(each["in"] == "path" for each in operation.get("parameters", [])):
        codes += [404]
    if "requestBody" in operation:
        codes += [413, 415]
    if is_idempotent(view):
        codes += [422]
    if rule in (Scope.JOBS_WRITE, Scope.RESULTS_READ):
        codes += [409]
    operation["responses"] |= {str(code): error(code) for code in sorted(codes)}


def _ga4gh_error(code: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Ga4ghError"}
    return {"description": KINDS[code].title, "content": {JSON: {"schema": schema}}}


def _problem(code: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": KINDS[code].title, "content": {MEDIA_TYPE: {"schema": schema}}}
