"""The variants of a job's result: the table with its filter, and the panel of one variant."""

from typing import NamedTuple

from flask import (
    Blueprint,
    Response,
    abort,
    after_this_request,
    current_app,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue

from runtime.common.audit import Action
from runtime.common.job import Job
from runtime.vcf.significance import significance_of
from runtime.web.access import current_reader, job_reader_required
from runtime.web.context import services
from runtime.web.extensions.audit import audited
from runtime.web.services.formatting import percent
from runtime.web.services.remarks import MAX_COMMENT_LENGTH
from runtime.web.services.results import NoResult
from runtime.web.services.saved_filters import MAX_NAME_LENGTH
from runtime.web.services.sharing import Act
from runtime.web.services.summary import Summary
from runtime.web.services.track_facts import Tracks
from runtime.web.services.variants.explorer import VariantPage
from runtime.web.services.variants.external_links import ExternalLink, id_url, links_of
from runtime.web.services.variants.facets import Counts
from runtime.web.services.variants.file_cache import CacheFull
from runtime.web.services.variants.filters import InvalidFilter, VariantQuery
from runtime.web.services.variants.no_match import Reason, reasons
from runtime.web.services.variants.query_engine import QueryTimeout, QueryTooLarge
from runtime.web.services.variants.variant import Variant
from runtime.web.services.variants.vep_terms import field_label, flag_meaning
from runtime.web.table_preferences import (
    COLUMNS,
    COOKIE,
    COOKIE_SECONDS,
    SIZES,
    TablePreferences,
)
from runtime.web.table_urls import TableUrls, apart, filtered_url, table_url

blueprint = Blueprint("variants", __name__, url_prefix="/jobs/<uuid:job_id>")

blueprint.add_app_template_global(filtered_url)
blueprint.add_app_template_global(id_url)
blueprint.add_app_template_filter(apart)
blueprint.add_app_template_filter(field_label)
blueprint.add_app_template_filter(flag_meaning)
blueprint.add_app_template_filter(percent)
blueprint.add_app_template_filter(significance_of, "significance")
blueprint.add_app_template_test(str.startswith, "beginning")


TOO_MUCH = (
    "This filter needs more work than one page may take. Narrow it, by a gene or a region, or "
    "download the whole set."
)

STARS_NOT_SHARED = "The owner of this result hasn't shared its stars with you."

CACHE_FULL = (
    "Many people are exploring large results at the moment. Reload the page in a minute, or "
    "download the whole result from the job's page."
)


@blueprint.get("/variants")
@audited(Action.RESULT_SEEN)
@job_reader_required(Act.VIEW)
def table(job: Job) -> ResponseReturnValue:
    """Show the variants that meet a filter, a page at a time."""
    if (saved := request.args.get("saved")) is not None:
        return _saved(job, saved)
    query, errors, status = VariantQuery(), {}, 200
    try:
        query = asked_query()
    except InvalidFilter as error:
        errors, status = error.errors, 400
        if "sort" not in errors:
            query = VariantQuery.from_args({"sort": request.args.getlist("sort")})
    summary = services().results.summary(job)
    known = summary.known if summary else Tracks()
    shown = _preferences()
    try:
        page = services().variants.page(job, query, known, shown.size) if not errors else None
    except InvalidFilter as error:
        page, errors, status = None, error.errors, 400
    except NoResult as error:
        return render_template("variants_missing.html", job=job, reason=str(error)), 409
    except (QueryTimeout, QueryTooLarge):
        page, errors, status = None, {"filter": TOO_MUCH}, 503
    except CacheFull:
        page, errors, status = None, {"filter": CACHE_FULL}, 503
    return (
        render_template(
            "variants.html",
            job=job,
            query=query,
            page=page,
            shown=shown,
            choices=(COLUMNS, SIZES),
            errors=errors,
            args=request.args,
            summary=summary,
            counted=_choice_counts(query, page, summary),
            known=known,
            urls=TableUrls(job, query, known),
            links=_links(job, page.selected if page else None),
            example_region=_example_region(job),
            reasons=_reasons(job, query, page),
            remarks=services().remarks.seen_by(current_reader()),
            max_lengths={"comment": MAX_COMMENT_LENGTH, "filter_name": MAX_NAME_LENGTH},
        ),
        status,
    )


def asked_query() -> VariantQuery:
    """Return what the address asks. Without this check a filter would tell which have a star.

    Raises:
        InvalidFilter: the address can't be read, or asks for what isn't shared.
    """
    query = VariantQuery.from_args(request.args.to_dict(flat=False))
    if query.filter.starred and not current_reader().may(Act.STARS):
        raise InvalidFilter({"starred": STARS_NOT_SHARED})
    return query


def _saved(job: Job, name: str) -> ResponseReturnValue:
    """Lead to the table with a filter that the user has saved."""
    user = current_reader().user
    args = services().saved_filters.args(user.user_id, name) if user else None
    if args is None:
        abort(404, "You have no saved filter of that name.")
    return redirect(table_url(job, VariantQuery.from_args(args).filter.to_args()), code=302)


def _preferences() -> TablePreferences:
    """The browser's choice of columns and rows; one that the form sends is kept in a cookie."""
    asked = TablePreferences.from_args(request.args)
    if asked is None:
        return TablePreferences.from_cookie(request.cookies.get(COOKIE))

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(
            COOKIE,
            asked.cookie,
            max_age=COOKIE_SECONDS,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response

    return asked


class ChoiceCounts(NamedTuple):
    """Variants by choice of the filter; None where that isn't known."""

    impacts: Counts | None = None
    consequences: Counts | None = None
    classes: Counts | None = None
    annotated: int | None = None


def _choice_counts(
    query: VariantQuery, page: VariantPage | None, summary: Summary | None
) -> ChoiceCounts:
    """Those of the whole result, or with a filter, of what its other conditions leave."""
    if page and not query.filter.is_empty:
        facets = page.facets
        return ChoiceCounts(facets.impacts, facets.consequences, facets.classes, facets.annotated)
    if page is None or summary is None:
        return ChoiceCounts()
    return ChoiceCounts(
        summary.impacts,
        summary.consequence_counts,
        summary.variant_classes,
        summary.alleles.annotated,
    )


def _reasons(job: Job, query: VariantQuery, page: VariantPage | None) -> list[Reason]:
    """Why nothing meets the filter; none where something does."""
    reference = services().reference_of(job)
    if page is None or page.variants or reference is None:
        return []
    return reasons(query.filter, reference, list(page.facets.contigs))


def _example_region(job: Job) -> str:
    """How a region is written."""
    reference = services().reference_of(job) or services().references.default
    contig = reference.manifest.contigs[0]
    return f"{contig.name}:{min(3000, contig.length)}-{min(4000, contig.length)}"


def _links(job: Job, variant: Variant | None) -> list[ExternalLink]:
    reference = services().reference_of(job)
    if variant is None or reference is None:
        return []
    contig = reference.contigs.get(variant.contig)
    return links_of(variant, contig, reference.manifest.assembly)
