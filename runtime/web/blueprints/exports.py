"""A result as files: the annotator's own, and exports of what meets a filter."""

from flask import Blueprint, abort, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Conflict, ServiceUnavailable, TooManyRequests

from runtime.common.audit import Action
from runtime.common.job import Job
from runtime.web.access import current_reader, job_reader_required
from runtime.web.context import services
from runtime.web.error_pages import wants_json
from runtime.web.extensions.audit import audited
from runtime.web.services.exports.export_queue import ExportsBusy, TooManyOwnExports
from runtime.web.services.exports.export_request import ExportForm, ExportRequest
from runtime.web.services.exports.export_service import Failed, Ready, Underway
from runtime.web.services.rate_limit import TooManyAttempts
from runtime.web.services.results import NoResult, ResultFile
from runtime.web.services.sharing import Act
from runtime.web.services.variants.file_cache import CacheFull
from runtime.web.services.variants.filters import InvalidFilter, VariantQuery
from runtime.web.table_urls import table_url

blueprint = Blueprint("exports", __name__, url_prefix="/jobs/<uuid:job_id>")

RETRY_SECONDS = 2
"""After so long it is worth asking again for a file that is being made."""

BUSY = "Many exports are being made at the moment. Try again in a minute."
OWN = (
    "Several of your exports are still being made. You can start this one when one of them is done."
)


@blueprint.get("/variants.vcf.gz")
@audited(Action.RESULT_DOWNLOADED)
@job_reader_required(Act.EXPORT)
def vcf(job: Job) -> ResponseReturnValue:
    """Lead to the records that meet the filter, as bgzip VCF."""
    return _export(job, ExportForm.VCF)


@blueprint.get("/variants.tsv")
@audited(Action.RESULT_DOWNLOADED)
@job_reader_required(Act.EXPORT)
def variants_tsv(job: Job) -> ResponseReturnValue:
    """Lead to the variants that meet the filter, as a table with a row for each."""
    return _export(job, ExportForm.VARIANTS_TSV, raw=_is_raw())


@blueprint.get("/effects.tsv")
@audited(Action.RESULT_DOWNLOADED)
@job_reader_required(Act.EXPORT)
def effects_tsv(job: Job) -> ResponseReturnValue:
    """Lead to the effects that meet the filter, as a table with a row for each."""
    return _export(job, ExportForm.EFFECTS_TSV, raw=_is_raw())


@blueprint.get("/variants.parquet")
@audited(Action.RESULT_DOWNLOADED)
@job_reader_required(Act.EXPORT)
def parquet(job: Job) -> ResponseReturnValue:
    """Lead to the effects that meet the filter, as Parquet."""
    return _export(job, ExportForm.PARQUET)


@blueprint.get("/download/index")
@audited(Action.RESULT_DOWNLOADED)
@job_reader_required(Act.FILES)
def download_index(job: Job) -> ResponseReturnValue:
    """Redirect the browser to S3 for the index of the annotated VCF."""
    return _annotators_own(job, "index")


@blueprint.get("/download/parquet")
@audited(Action.RESULT_DOWNLOADED)
@job_reader_required(Act.FILES)
def download_parquet(job: Job) -> ResponseReturnValue:
    """Redirect the browser to S3 for the whole table."""
    return _annotators_own(job, "parquet")


@blueprint.get("/download/genotypes")
@audited(Action.RESULT_DOWNLOADED)
@job_reader_required(Act.FILES)
def download_genotypes(job: Job) -> ResponseReturnValue:
    """Redirect the browser to S3 for the table of the samples' genotypes."""
    return _annotators_own(job, "genotypes")


def find_export(export: ExportRequest, *, user_id: str) -> Ready | Underway | Failed:
    """Return where an export is; have it made for a user if nobody does.

    Raises:
        InvalidFilter: its filter can't be asked of this result.
        HTTPException: it can't be made now; the text says why.
    """
    try:
        if export.filter.asks_for_genotypes:
            services().variants.check(export.job, export.filter)
        return services().exports.find(export, user_id=user_id)
    except NoResult as error:
        raise Conflict(str(error)) from error
    except CacheFull as error:
        raise ServiceUnavailable(BUSY) from error
    except TooManyOwnExports as error:
        raise TooManyRequests(OWN) from error
    except ExportsBusy as error:
        raise TooManyRequests(BUSY) from error
    except TooManyAttempts as error:
        raise TooManyRequests(
            "You have had as many files made within an hour as we allow. You can have more made in "
            f"{error.wait}. Those that were made before are still there."
        ) from error


def _annotators_own(job: Job, what: ResultFile) -> ResponseReturnValue:
    try:
        return redirect(services().results.download_url(job, what), code=302)
    except NoResult as error:
        abort(409, str(error))


def _is_raw() -> bool:
    """Whether a table is wanted as it is: with `raw=1` no cell is made harmless to spreadsheets."""
    wanted = request.args.get("raw", "0")
    if wanted not in ("0", "1"):
        abort(400, "Write raw=1 for cells as they are, or leave it out.")
    return wanted == "1"


def _export(job: Job, form: ExportForm, *, raw: bool = False) -> ResponseReturnValue:
    """Redirect to the file in S3; while it is being made answer 202, to be asked again.

    A GET may start it: the same request always means the same file, which is there once.
    """
    try:
        wanted = VariantQuery.from_args(request.args.to_dict(flat=False)).filter
        marks = services().remarks.seen_by(current_reader()).marks
        export = ExportRequest(
            job=job, form=form, args=tuple(wanted.to_args()), raw=raw, marks=marks
        )
        found = find_export(export, user_id=_asking(job))
    except InvalidFilter as error:
        abort(400, str(error))
    match found:
        case Ready(url):
            return jsonify(url=url) if wants_json() else redirect(url, code=302)
        case Failed(why):
            return (jsonify(error=why) if wants_json() else _page(export, error=why)), 503
        case Underway(making, percent):
            state = {"making": making, "percent": percent}
            answer = jsonify(state) if wants_json() else _page(export, **state)
            return answer, 202, {"Retry-After": str(RETRY_SECONDS)}


def _asking(job: Job) -> str:
    """Whose limits an export counts against: a guest's own, not the owner's."""
    user = current_reader().user
    return user.user_id if user else job.user_id


def _page(export: ExportRequest, **state: object) -> str:
    """Say how far it is, on a page that asks again by itself, or why it failed."""
    return render_template(
        "export.html",
        job=export.job,
        file_name=export.file_name,
        retry_seconds=RETRY_SECONDS,
        table_url=table_url(export.job, export.args),
        address=request.full_path.removesuffix("?"),
        **state,
    )
