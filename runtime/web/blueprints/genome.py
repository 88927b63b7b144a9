"""The genome browser: the result on the reference's own sequence and genes."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from runtime.common.audit import Action
from runtime.common.job import Job
from runtime.common.manifest import Manifest
from runtime.vcf.genetic_codes import STANDARD
from runtime.web.access import job_reader_required
from runtime.web.blueprints.variant_pages import CACHE_FULL, TOO_MUCH, asked_query
from runtime.web.context import services
from runtime.web.extensions.audit import audited
from runtime.web.extensions.security_headers import Sources
from runtime.web.part_response import part_response
from runtime.web.services.file_parts import MAX_PART_BYTES, BadRange, shortened
from runtime.web.services.results import NoResult, ResultFile
from runtime.web.services.sharing import Act
from runtime.web.services.summary import Tags
from runtime.web.services.track_facts import NO_TRACKS
from runtime.web.services.variants.alleles_in_region import (
    MOST_ALLELES,
    TooManyAlleles,
    alleles_in_region,
)
from runtime.web.services.variants.file_cache import CacheFull
from runtime.web.services.variants.filters import InvalidFilter
from runtime.web.services.variants.query_engine import QueryTimeout, QueryTooLarge
from runtime.web.services.variants.region import ReferenceRegion, locate, parse_region
from runtime.web.table_urls import TableUrls

blueprint = Blueprint("genome", __name__, url_prefix="/jobs/<uuid:job_id>/genome")

TOO_MANY = f"More than {MOST_ALLELES:,} variants of the filter lie here. Zoom in."

WINDOW_BASES = 200_000
"""The most bases of which a track of the reference is read and drawn at once."""

WINDOW_RECORDS = 8_000
"""About how many of its records: igv.js reads them in one go, in which the page stands still."""

FLANK_BASES = 40
"""Bases shown on each side of a region."""

POLICY: dict[str, Sources] = {
    "genome.show": {
        # igv.js 3.8.10 adds two style sheets to the page as it loads, for its colour picker and its
        # circular view. Exactly these two texts are allowed; its other style sheets are
        # constructed ones, which the policy doesn't concern.
        "style-src": [
            "'sha256-ITHmamcImsZ/Je1xrdtDLZVvRSpj1Zokb6uHXORB824='",
            "'sha256-NTwDUA6nIvRRpI2lIBtHJqkV0TlTj4HVmI6vI81fIfM='",
        ],
        "img-src": ["data:"],  # as its style sheet holds a picture
    }
}


@blueprint.get("")
@audited(Action.RESULT_SEEN)
@job_reader_required(Act.FILES)
def show(job: Job) -> ResponseReturnValue:
    """Show the genome browser at `at`, else at the filter's region, else at the beginning.

    The rest of the address is the table's filter and order. Of the reader's variants those are
    drawn that meet the filter; its region only says where to begin.
    """
    reference = services().reference_of(job)
    if reference is None:
        reason = f"This service doesn't offer the reference {job.reference} any more."
        return render_template("variants_missing.html", job=job, reason=reason), 409
    try:
        services().results.check_available(job)
        query = asked_query()
        region = parse_region(
            request.args.get("at")
            or str(query.filter.region or "")
            or reference.manifest.contigs[0].name
        )
    except NoResult as error:
        return render_template("variants_missing.html", job=job, reason=str(error)), 409
    except (InvalidFilter, ValueError) as error:
        abort(400, str(error))
    found = locate(region, reference)
    summary = services().results.summary(job)
    return render_template(
        "genome.html",
        job=job,
        region=region,
        urls=TableUrls(job, query, summary.known if summary else NO_TRACKS),
        filtered=not query.filter.model_copy(update={"region": None}).is_empty,
        known=found is not None,
        locus=_locus(found or ReferenceRegion(reference.manifest.contigs[0])),
        manifest=reference.manifest,
        indexed=bool(summary and summary.index and summary.index.present),
        codes=_other_codes(reference.manifest),
        tracks=_tracks(reference.manifest),
        tag=(summary.tags if summary else Tags()).consequence,
    )


@blueprint.get("/variants.vcf.gz")
@audited(Action.RESULT_SEEN)
@job_reader_required(Act.FILES)
def variants(job: Job) -> ResponseReturnValue:
    """Send a range of the annotated VCF, or a small one as a whole; S3 has the large ones."""
    return _part(job, "vcf")


@blueprint.get("/matches.json")
@audited(Action.RESULT_SEEN)
@job_reader_required(Act.FILES)
def matches(job: Job) -> ResponseReturnValue:
    """Send which alleles in the region `at` meet the filter in the rest of the address.

    An error's text is in `error`, for the page's reader.
    """
    try:
        query = asked_query()
        region = parse_region(request.args.get("at", ""))
        found = alleles_in_region(services().variants, job, query.filter, region)
    except _REFUSALS as error:
        status, text = _refusal(error)
        return {"error": text}, status
    return {"alleles": found}


@blueprint.get("/variants.vcf.gz.tbi")
@audited(Action.RESULT_SEEN)
@job_reader_required(Act.FILES)
def index(job: Job) -> ResponseReturnValue:
    """Send its index: some megabytes at the most."""
    return _part(job, "index")


_REFUSALS = (
    InvalidFilter,
    ValueError,
    NoResult,
    TooManyAlleles,
    QueryTimeout,
    QueryTooLarge,
    CacheFull,
)


def _refusal(error: Exception) -> tuple[int, str]:
    """The status and the sentence of one of _REFUSALS."""
    match error:
        case NoResult():
            return 409, str(error)
        case TooManyAlleles():
            return 413, TOO_MANY
        case QueryTimeout() | QueryTooLarge():
            return 503, TOO_MUCH
        case CacheFull():
            return 503, CACHE_FULL
    return 400, str(error)  # the filter's or the region's


def _other_codes(manifest: Manifest) -> dict[str, int]:
    """Genetic codes by contig, of those that don't have the standard one."""
    return {
        each.name: each.genetic_code for each in manifest.contigs if each.genetic_code != STANDARD
    }


def _tracks(manifest: Manifest) -> list[dict[str, str | int]]:
    """The reference's tracks: the addresses of their files and indexes, and the window in bases."""
    length = sum(contig.length for contig in manifest.contigs)
    return [
        {
            "name": track.title or " ".join([track.name, *filter(None, [track.version])]),
            "format": track.format,
            "url": _address(manifest, track.file),
            "index": _address(manifest, manifest.index_of(track.file)),
            "window": window_bases(length, track.records),
        }
        for track in manifest.tracks
    ]


def window_bases(length: int, records: int | None) -> int:
    """Return of how many bases a track is drawn, by its density over a reference of `length` bases.

    A list of each possible change would be one solid bar, which says nothing and is slow to draw.
    """
    if not records:
        return WINDOW_BASES
    return min(WINDOW_BASES, max(1, length * WINDOW_RECORDS // records))


def _address(manifest: Manifest, name: str) -> str:
    return url_for("provenance.reference_file", reference_name=manifest.name, name=name)


def _part(job: Job, what: ResultFile) -> ResponseReturnValue:
    results = services().results
    try:
        part = results.read_part(job, what, shortened(request.headers.get("Range")))
    except NoResult as error:
        abort(409, str(error))
    except BadRange:
        abort(416, "The file has no such bytes.")
    if part.length > MAX_PART_BYTES:
        part.body.close()
        return redirect(results.download_url(job, what), code=302)
    return part_response(part)


def _locus(region: ReferenceRegion) -> str:
    """What the genome browser shows: the region and some bases around it, within the contig."""
    contig = region.contig
    start, end = region.start or 1, region.end or contig.length
    if not 1 <= start <= end <= contig.length:
        return f"{contig.name}:1-{contig.length}"
    return f"{contig.name}:{max(1, start - FLANK_BASES)}-{min(contig.length, end + FLANK_BASES)}"
