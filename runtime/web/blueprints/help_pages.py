"""The help: formats and limits, fields of a result, filters and search. The same for everybody."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from runtime.common import input_size
from runtime.common.keys import EXTENSIONS, ResultNames
from runtime.common.output_fields import OutputFields, output_fields
from runtime.web.access import public
from runtime.web.api import document as api_document
from runtime.web.api import readable
from runtime.web.api.problems import KINDS
from runtime.web.api.rate_limits import REQUESTS
from runtime.web.context import services
from runtime.web.services.plan_facts import PlanFacts, plan_facts
from runtime.web.services.variants.filter_meanings import FilterMeaning, filter_meanings
from runtime.web.services.variants.filters import VariantFilter
from runtime.web.services.variants.search_forms import SEARCH_FORMS

blueprint = Blueprint("help_pages", __name__, url_prefix="/help")


@blueprint.get("")
@public
def index() -> ResponseReturnValue:
    """Say which files are accepted, with which limits, what comes back, and how to cite it."""
    return render_template("help.html")


@blueprint.get("/fields")
@public
def fields() -> ResponseReturnValue:
    """Describe each field of a result; each has an anchor."""
    return render_template("help_fields.html")


@blueprint.get("/search")
@public
def search() -> ResponseReturnValue:
    """Describe what can be searched and filtered for."""
    return render_template("help_search.html")


@blueprint.get("/api")
@public
def api() -> ResponseReturnValue:
    """Describe the API, from its OpenAPI document."""
    return render_template("help_api.html")


@blueprint.app_template_global("api_facts")
def api_facts() -> dict[str, object]:
    """Return what the page of the API shows."""
    document = api_document.document_of(current_app)
    return {
        "groups": readable.groups(document),
        "models": readable.models(document),
        "errors": KINDS,
        "requests": REQUESTS.attempts,
        "example": api_document.EXAMPLE.format(site=current_app.config["SITE_URL"]),
    }


@blueprint.app_template_global("plan_facts")
def facts_of_plans() -> tuple[PlanFacts, PlanFacts]:
    """Return what each plan allows."""
    given = services()
    return plan_facts(given.uploads.limits, given.uploads.work, given.billing)


@blueprint.app_template_global("output_fields")
def listed_fields() -> OutputFields:
    """Return the fields of a result."""
    return output_fields()


@blueprint.app_template_global("help_facts")
def help_facts() -> dict[str, object]:
    """Return what the help takes from the code: limits, names of files, filters and searches."""
    return {
        "extensions": EXTENSIONS,
        "names": ResultNames.of("sample.vcf"),
        "limits": input_size,
        "filters": _filters(),
        "searches": SEARCH_FORMS,
    }


def _filters() -> list[FilterMeaning]:
    return filter_meanings(VariantFilter)
