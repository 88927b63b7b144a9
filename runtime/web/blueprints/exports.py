"""A result as files: the annotator's own, and exports of what meets a filter."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain

from flask import Blueprint, Response, abort, redirect, request
from flask.typing import ResponseReturnValue

from runtime.common.job import Job
from runtime.common.keys import ResultNames
from runtime.web.access import job_owner_required
from runtime.web.context import services
from runtime.web.services.results import NoResult, ResultFile
from runtime.web.services.variants.export_slots import ExportsBusy, TooManyOwnExports
from runtime.web.services.variants.exporter import VariantExporter
from runtime.web.services.variants.file_cache import CacheFull
from runtime.web.services.variants.filters import InvalidFilter, VariantFilter, VariantQuery
from runtime.web.services.variants.query_engine import QueryTimeout, QueryTooLarge

blueprint = Blueprint("exports", __name__, url_prefix="/jobs/<uuid:job_id>")

_TSV = "text/tab-separated-values; charset=utf-8"

BUSY = "Too many exports are running at the moment. Try again in a minute."
OWN = "You are downloading other exports at the moment. Start this one when they are done."


@blueprint.get("/variants.vcf.gz")
@job_owner_required
def vcf(job: Job) -> ResponseReturnValue:
    """Send the records that meet the filter, as bgzip VCF."""
    return _export(job, _exporter().vcf, "vcf.gz", "application/gzip")


@blueprint.get("/variants.tsv")
@job_owner_required
def variants_tsv(job: Job) -> ResponseReturnValue:
    """Send the variants that meet the filter, as a table with a row for each."""
    return _export(job, partial(_exporter().variants_tsv, raw=_is_raw()), "tsv", _TSV)


@blueprint.get("/effects.tsv")
@job_owner_required
def effects_tsv(job: Job) -> ResponseReturnValue:
    """Send the effects that meet the filter, as a table with a row for each."""
    return _export(job, partial(_exporter().effects_tsv, raw=_is_raw()), "effects.tsv", _TSV)


@blueprint.get("/variants.parquet")
@job_owner_required
def parquet(job: Job) -> ResponseReturnValue:
    """Send the effects that meet the filter, as Parquet."""
    sizes: list[int] = []
    make = partial(_exporter().parquet, on_size=sizes.append)
    response = _export(job, make, "parquet", "application/vnd.apache.parquet")
    [response.content_length] = sizes
    return response


@blueprint.get("/download/index")
@job_owner_required
def download_index(job: Job) -> ResponseReturnValue:
    """Redirect the browser to S3 for the index of the annotated VCF."""
    return _annotators_own(job, "index")


@blueprint.get("/download/parquet")
@job_owner_required
def download_parquet(job: Job) -> ResponseReturnValue:
    """Redirect the browser to S3 for the whole table."""
    return _annotators_own(job, "parquet")


@blueprint.get("/download/genotypes")
@job_owner_required
def download_genotypes(job: Job) -> ResponseReturnValue:
    """Redirect the browser to S3 for the table of the samples' genotypes."""
    return _annotators_own(job, "genotypes")


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


def _exporter() -> VariantExporter:
    return VariantExporter(services().variants, services().results)


def _export(
    job: Job,
    make: Callable[[Job, VariantFilter], Iterator[bytes]],
    extension: str,
    media_type: str,
) -> Response:
    """Stream a file. Its first bytes are made before the answer begins, so errors get a page."""
    try:
        wanted = VariantQuery.from_args(request.args.to_dict(flat=False)).filter
        chunks = make(job, wanted)
        first = next(chunks, b"")
    except InvalidFilter as error:
        abort(400, " ".join(error.errors.values()))
    except NoResult as error:
        abort(409, str(error))
    except TooManyOwnExports:
        abort(429, OWN)
    except (ExportsBusy, QueryTimeout, QueryTooLarge, CacheFull):
        abort(503, BUSY)
    stem = ResultNames.of(job.input_file_name).vcf.removesuffix(".annot.vcf.gz")
    name = f"{stem}.filtered.{extension}" if wanted.to_args() else f"{stem}.variants.{extension}"
    response = Response(chain([first], chunks), content_type=media_type)
    response.call_on_close(getattr(chunks, "close", lambda: None))
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
