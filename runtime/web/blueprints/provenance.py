"""How a result was made, and the files of the reference that it was made with."""

from pathlib import PurePath

from flask import (
    Blueprint,
    Response,
    abort,
    redirect,
    render_template,
    request,
    send_from_directory,
)
from flask.typing import ResponseReturnValue

from runtime.common.audit import Action
from runtime.common.job import Job
from runtime.common.manifest import FILE_NAME
from runtime.common.reference import Reference
from runtime.common.references import not_offered
from runtime.web.access import job_reader_required, reference_reader_required
from runtime.web.context import services
from runtime.web.extensions.audit import audited
from runtime.web.part_response import part_response
from runtime.web.services.attachment import attachment
from runtime.web.services.file_parts import BadRange, NoSuchFile, is_short
from runtime.web.services.provenance_record import Provenance, provenance_of
from runtime.web.services.sharing import Act

blueprint = Blueprint("provenance", __name__)

ALIASES = "aliases.txt"
"""For the genome browser: the names of a contig per line, from the manifest."""

# Without a type Flask guesses one, and for .gz a Content-Encoding as well: browsers then save the
# decompressed text, which doesn't match the checksum.
_MEDIA_TYPES = {
    ".fa": "text/plain",
    ".fai": "text/plain",
    ".vcf": "text/plain",
    ".json": "application/json",
    ".gz": "application/gzip",
}


@blueprint.get("/jobs/<uuid:job_id>/provenance")
@audited(Action.RESULT_SEEN)
@job_reader_required(Act.VIEW)
def show(job: Job) -> ResponseReturnValue:
    """Show how the result was made."""
    return render_template("provenance.html", job=job, made=_provenance(job))


@blueprint.get("/jobs/<uuid:job_id>/provenance.json")
@audited(Action.RESULT_SEEN)
@job_reader_required(Act.VIEW)
def as_json(job: Job) -> ResponseReturnValue:
    """Send the same as a file."""
    body = _provenance(job).model_dump_json(indent=2) + "\n"
    name = f"{job.input_file_name}.provenance.json"
    response = Response(body, content_type="application/json")
    response.headers["Content-Disposition"] = attachment(name)
    return response


@blueprint.get("/reference/<reference_name>/<path:name>")
@reference_reader_required
def reference_file(reference_name: str, name: str) -> ResponseReturnValue:
    """Send a file of a reference bundle, or a range of its bytes."""
    reference = services().references.get(reference_name)
    if reference is None:
        abort(404, not_offered(reference_name, services().references.names))
    if name == ALIASES:
        contigs = reference.manifest.contigs
        lines = ["\t".join([contig.name, *contig.aliases]) for contig in contigs]
        return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    if name != FILE_NAME and name not in reference.manifest.checksums:
        abort(404, "The reference has no such file.")
    kind = _MEDIA_TYPES.get(PurePath(name).suffix, "application/octet-stream")
    if (reference.folder / name).exists():
        return _from_disk(reference, name, kind)
    return _from_s3(reference, name, kind)


def _from_disk(reference: Reference, name: str, kind: str) -> Response:
    """A file's time is that of the instance's boot, so it doesn't tell versions apart."""
    etag = reference.etag_of(name)
    response = send_from_directory(
        reference.folder, name, mimetype=kind, conditional=True, etag=etag
    )
    response.headers.pop("Last-Modified", None)
    return response


def _from_s3(reference: Reference, name: str, kind: str) -> ResponseReturnValue:
    """A range is passed on, as a genome browser reads it; more than that comes from S3 itself."""
    files, byte_range = services().reference_files, request.headers.get("Range", "")
    try:
        if not is_short(byte_range):
            return redirect(files.download_url(reference, name), code=302)
        response = part_response(files.read_part(reference, name, byte_range, kind))
    except NoSuchFile:
        abort(404, "The reference has no such file.")
    except BadRange:
        abort(416, "The file has no such bytes.")
    response.set_etag(reference.etag_of(name))
    return response


def _provenance(job: Job) -> Provenance:
    summary = services().results.summary(job)
    if summary is None:
        abort(404, "This job has no summary yet, which says how its result was made.")
    return provenance_of(job, summary, services().reference_of(job))
