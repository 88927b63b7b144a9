"""The routes of /api/v1: how a group of them is made, and the groups that there are."""

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from runtime.web.api.access import guard

PREFIX = "/api/v1"


def _operation_id(*, bp_name: str, name: str, **_: str) -> str:
    return f"{bp_name.removeprefix('api_')}_{name}"


def group(name: str, description: str) -> APIBlueprint:
    """Return a blueprint for routes under PREFIX, whose rules are kept.

    Its routes name their rule first (`scope_required`, `token_required`, `public`), and only their
    successful answers: errors and scopes are written into the document from the rules.

    Args:
        name: a name that no page's blueprint has, such as "api_jobs".
        description: a sentence for the document.
    """
    tag = Tag(
        name=name.removeprefix("api_").replace("_", " ").capitalize(), description=description
    )
    blueprint = APIBlueprint(
        name, __name__, url_prefix=PREFIX, abp_tags=[tag], operation_id_callback=_operation_id
    )
    guard(blueprint)
    return blueprint
