"""Upload a file, and create its job."""

from flask import Blueprint, Response, abort, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue

from runtime.common.audit import Action
from runtime.common.input_size import MAX_DECOMPRESSED_BYTES
from runtime.common.keys import EXTENSIONS
from runtime.common.reference import Reference
from runtime.common.users import User
from runtime.vcf.assemblies import assembly_facts
from runtime.web.access import login_required
from runtime.web.context import services
from runtime.web.extensions.audit import about_job, audited
from runtime.web.forms import json_body
from runtime.web.job_forms import NewJob, NewUpload
from runtime.web.services.id_lists import id_lists
from runtime.web.services.tickets import InvalidTicket
from runtime.web.services.upload_service import FileTooLarge, UploadRefused
from runtime.web.services.work_limits import TooMuchWork

blueprint = Blueprint("uploads", __name__)


@blueprint.get("/upload")
@login_required
def form(user: User) -> ResponseReturnValue:
    """Show the upload form."""
    return render_template(
        "upload.html",
        limit=services().uploads.limits.for_role(user.role),
        most=services().uploads.limits.max_bytes,
        most_decompressed=MAX_DECOMPRESSED_BYTES,
        extensions=EXTENSIONS,
        references=services().references,
        id_lists=id_lists,
    )


@blueprint.get("/upload/references.json")
@login_required
def references(_user: User) -> ResponseReturnValue:
    """Send what the upload page compares files with: a human genome and its
    scaffolds have some 700 contigs, with several names each."""
    offered = [_facts(reference) for reference in services().references]
    return jsonify(references=offered, assemblies=assembly_facts()["assemblies"])


def _facts(reference: Reference) -> dict[str, object]:
    """A reference's names, and its contigs."""
    fields = {"name": True, "version": True, "assembly": True, "fasta": True}
    contig = {"name": True, "aliases": True, "length": True, "accession": True}
    facts = reference.manifest.model_dump(include={**fields, "contigs": {"__all__": contig}})
    return {**facts, "ids": [each._asdict() for each in id_lists(reference)]}


@blueprint.get("/upload/example")
@login_required
def example(_user: User) -> ResponseReturnValue:
    """Send the sample of the default reference, for people without a file of their own."""
    reference = services().references.default
    if reference.manifest.sample is None:
        abort(404)
    sample = reference.folder / reference.manifest.sample
    return Response(sample.read_bytes(), content_type="text/plain; charset=utf-8")


@blueprint.post("/uploads")
@login_required
def open_upload(user: User) -> ResponseReturnValue:
    """Sign one upload: the browser posts the file to `url` with `fields`, then sends `token`."""
    wanted = json_body(NewUpload)
    try:
        upload = services().uploads.open(
            user, file_name=wanted.file_name, size=wanted.size, reference=wanted.reference
        )
    except TooMuchWork as error:
        abort(429, str(error))
    except UploadRefused as error:
        abort(413 if isinstance(error, FileTooLarge) else 400, str(error))
    return jsonify(url=upload.url, fields=upload.fields, token=upload.token), 201


@blueprint.post("/jobs")
@audited(Action.JOB_CREATED)
@login_required
def submit(user: User) -> ResponseReturnValue:
    """Create the job of a finished upload. Safe to repeat: the same ticket is the same job."""
    wanted = json_body(NewJob)
    try:
        job = services().uploads.submit(user, wanted.token, note=wanted.note)
    except (InvalidTicket, UploadRefused) as error:
        abort(413 if isinstance(error, FileTooLarge) else 400, str(error))
    about_job(job)
    return jsonify(job_id=job.job_id, url=url_for("jobs.show", job_id=job.job_id)), 201
