"""Search of genes, for the filter of variants and for the genome browser."""

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from runtime.common.job import Job
from runtime.web.access import job_reader_required
from runtime.web.context import services
from runtime.web.services.gene_search import find_genes
from runtime.web.services.sharing import Act
from runtime.web.services.variants.query_engine import QueryTimeout, QueryTooLarge

blueprint = Blueprint("genes", __name__, url_prefix="/jobs/<uuid:job_id>/genes")

MAX_TEXT = 200


@blueprint.get("")
@job_reader_required(Act.VIEW)
def find(job: Job) -> ResponseReturnValue:
    """Send the genes of the job's reference that `q` means, the best first."""
    text = request.args.get("q", "")
    if len(text) > MAX_TEXT:
        abort(400, f"Search for at most {MAX_TEXT} characters.")
    reference = services().reference_of(job)
    if reference is None:
        return {"genes": []}
    try:
        found = find_genes(text, reference, services().variants.engine)
    except (QueryTimeout, QueryTooLarge):
        abort(503, "Too many searches are running at the moment. Try again in a minute.")
    return {"genes": [gene._asdict() for gene in found]}
