"""The variants of a job's result: the table with its filter, and the panel of one variant."""

from typing import NamedTuple

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from runtime.common.job import Job
from runtime.web.access import owner
from runtime.web.addresses import TableAddresses, filtered
from runtime.web.context import services
from runtime.web.services.charts import Ring, Strip, ring_of, strips_of
from runtime.web.services.results import NoResult
from runtime.web.services.summary import Summary, read_summary
from runtime.web.services.variants.copies import NoRoom
from runtime.web.services.variants.engine import QueryTooLarge, QueryTooSlow
from runtime.web.services.variants.explorer import PAGE
from runtime.web.services.variants.filters import BadFilter, VariantQuery
from runtime.web.services.variants.links import genomic_name, links_of
from runtime.web.services.variants.rows import Variant

blueprint = Blueprint("variants", __name__, url_prefix="/jobs/<uuid:job_id>")

blueprint.add_app_template_global(filtered)


class Charts(NamedTuple):
    """Where the alleles of a result lie."""

    ring: Ring | None
    strips: list[Strip]


@blueprint.app_template_global("charts")
def charts(summary: Summary) -> Charts:
    """Return what is drawn of a summary."""
    reference = services().reference
    return Charts(ring_of(summary, reference), strips_of(summary, reference))


TOO_MUCH = (
    "This filter asked for more work than one page may take. Narrow it, by a gene or a region, or "
    "download the whole set."
)

NO_ROOM = (
    "Many large results are being looked at here at this moment. Reload the page in a minute, or "
    "download the whole result from the job's page."
)


@blueprint.get("/variants")
@owner
def table(job: Job) -> ResponseReturnValue:
    """Show the variants that a filter leaves, a page at a time."""
    query, faults, status = VariantQuery(), {}, 200
    try:
        query = VariantQuery.read(request.args.to_dict(flat=False))
    except BadFilter as error:
        faults, status = error.faults, 400
        if "sort" not in faults:
            query = VariantQuery.read({"sort": request.args.getlist("sort")})
    try:
        page = services().variants.page(job, query) if not faults else None
    except NoResult as error:
        return render_template("variants_missing.html", job=job, reason=str(error)), 409
    except (QueryTooSlow, QueryTooLarge):
        page, faults, status = None, {"filter": TOO_MUCH}, 503
    except NoRoom:
        page, faults, status = None, {"filter": NO_ROOM}, 503
    body = services().results.summary(job)
    return (
        render_template(
            "variants.html",
            job=job,
            query=query,
            page=page,
            page_size=PAGE,
            faults=faults,
            given=request.args,
            summary=None if body is None else read_summary(body),
            to=TableAddresses(job, query),
            **_about(page.selected if page else None),
        ),
        status,
    )


def _about(variant: Variant | None) -> dict[str, object]:
    """What the panel shows of a variant beyond its rows."""
    if variant is None:
        return {"links": [], "genomic": None}
    reference = services().reference
    contig = reference.contigs.get(variant.contig)
    return {
        "links": links_of(variant, contig, reference.manifest.assembly),
        "genomic": genomic_name(variant, contig, services().variants.bases(contig))
        if contig
        else None,
    }
