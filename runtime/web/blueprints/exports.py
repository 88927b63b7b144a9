"""What a result holds, as files: the annotator's own, and what a filter leaves."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain

from flask import Blueprint, Response, abort, redirect, request
from flask.typing import ResponseReturnValue

from runtime.common.job import Job
from runtime.common.keys import ResultNames
from runtime.web.access import owner
from runtime.web.context import services
from runtime.web.services.results import NoResult, ResultFile
from runtime.web.services.variants.copies import NoRoom
from runtime.web.services.variants.engine import QueryTooLarge, QueryTooSlow
from runtime.web.services.variants.exports import Exports
from runtime.web.services.variants.filters import BadFilter, VariantFilter, VariantQuery

blueprint = Blueprint("exports", __name__, url_prefix="/jobs/<uuid:job_id>")

BUSY = "Too many files are being made at the moment. Try again in a minute."


@blueprint.get("/variants.vcf.gz")
@owner
def vcf(job: Job) -> ResponseReturnValue:
    """Send the records that the filter leaves, as bgzip VCF."""
    return _export(job, _exports().vcf, "vcf.gz", "application/gzip")


@blueprint.get("/variants.tsv")
@owner
def tsv(job: Job) -> ResponseReturnValue:
    """Send the consequences that the filter leaves, as a table."""
    return _export(job, _exports().tsv, "tsv", "text/tab-separated-values; charset=utf-8")


@blueprint.get("/variants.parquet")
@owner
def parquet(job: Job) -> ResponseReturnValue:
    """Send the consequences that the filter leaves, as Parquet."""
    sizes: list[int] = []
    make = partial(_exports().parquet, tell=sizes.append)
    response = _export(job, make, "parquet", "application/vnd.apache.parquet")
    [response.content_length] = sizes
    return response


@blueprint.get("/download/index")
@owner
def download_index(job: Job) -> ResponseReturnValue:
    """Send the browser to S3 for the index of the annotated VCF."""
    return _whole(job, "index")


@blueprint.get("/download/parquet")
@owner
def download_parquet(job: Job) -> ResponseReturnValue:
    """Send the browser to S3 for the whole table."""
    return _whole(job, "parquet")


def _whole(job: Job, what: ResultFile) -> ResponseReturnValue:
    try:
        return redirect(services().results.download_url(job, what), code=302)
    except NoResult as error:
        abort(409, str(error))


def _exports() -> Exports:
    return Exports(services().variants, services().results)


def _export(
    job: Job,
    make: Callable[[Job, VariantFilter], Iterator[bytes]],
    extension: str,
    media_type: str,
) -> Response:
    """Stream a file. Its first bytes are made before the answer begins: then faults have a page."""
    try:
        wanted = VariantQuery.read(request.args.to_dict(flat=False)).filter
        chunks = make(job, wanted)
        first = next(chunks, b"")
    except BadFilter as error:
        abort(400, " ".join(error.faults.values()))
    except NoResult as error:
        abort(409, str(error))
    except (QueryTooSlow, QueryTooLarge, NoRoom):
        abort(503, BUSY)
    stem = ResultNames.of(job.input_file_name).vcf.removesuffix(".annot.vcf.gz")
    name = f"{stem}.filtered.{extension}" if wanted.pairs() else f"{stem}.variants.{extension}"
    response = Response(chain([first], chunks), content_type=media_type)
    response.call_on_close(getattr(chunks, "close", lambda: None))
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
