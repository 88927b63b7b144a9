"""What GA4GH's services have in common: their blueprints and answers."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel

from runtime.web.api.access import guard
from runtime.web.api.answers import JSON


def ga4gh_group(name: str, prefix: str, description: str) -> APIBlueprint:
    """Return a blueprint whose routes keep their rules, as those of /api/v1 do."""
    tag = Tag(name=description.partition(":")[0], description=description)
    blueprint = APIBlueprint(name, __name__, url_prefix=prefix, abp_tags=[tag])
    guard(blueprint)
    return blueprint


def ga4gh_answer(model: BaseModel) -> Response:
    """Return a model as JSON. GA4GH's schemas leave out what has no value."""
    return Response(model.model_dump_json(exclude_none=True), mimetype=JSON)
