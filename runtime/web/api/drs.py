"""GA4GH DRS 1.4 over the files of results. Bytes are fetched from S3 by presigned addresses.

https://ga4gh.github.io/data-repository-service-schemas/
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TypeVar

from flask import Response
from pydantic import BaseModel, Field
from werkzeug.exceptions import NotFound, RequestEntityTooLarge

from runtime.common.api_tokens import Scope
from runtime.common.audit import Action
from runtime.web.access import public
from runtime.web.api.access import scope_required
from runtime.web.api.drs_objects import address, describe
from runtime.web.api.ga4gh import ga4gh_answer, ga4gh_group
from runtime.web.api.ga4gh_errors import Ga4ghDelayed
from runtime.web.api.models.drs_models import (
    DrsAccessUrl,
    DrsAccessUrls,
    DrsAccessWanted,
    DrsBulkAccessUrl,
    DrsObject,
    DrsObjects,
    DrsObjectsWanted,
    DrsSummary,
    DrsUnresolved,
    Ga4ghError,
)
from runtime.web.api.models.service_info import DrsServiceInfo
from runtime.web.api.service_registry import DRS_PATH, MOST_OBJECTS, drs_service
from runtime.web.extensions.audit import about_only, audited
from runtime.web.services.drs_ids import DrsId

T = TypeVar("T")
W = TypeVar("W")

blueprint = ga4gh_group("ga4gh_drs", DRS_PATH, "GA4GH DRS 1.4: files of results.")


class DrsPath(BaseModel):
    """An object in a URL."""

    object_id: str = Field(description="`<job id>` of a result, `<job id>.<kind>` of a file.")


class DrsAccessPath(DrsPath):
    """A way to an object's bytes."""

    access_id: str = Field(description="`https`.")


@blueprint.get("/service-info", responses={200: DrsServiceInfo})
@public
def info() -> Response:
    """Describe the service."""
    return ga4gh_answer(drs_service())


@blueprint.get("/objects/<object_id>", responses={200: DrsObject, 202: Ga4ghError})
@audited(Action.RESULT_SEEN)
@scope_required(Scope.RESULTS_READ)
def show(path: DrsPath) -> Response:
    """Describe a file, or a result with the ids of its files."""
    return ga4gh_answer(describe(path.object_id))


@blueprint.get(
    "/objects/<object_id>/access/<access_id>", responses={200: DrsAccessUrl, 202: Ga4ghError}
)
@audited(Action.RESULT_DOWNLOADED)
@scope_required(Scope.RESULTS_READ)
def access(path: DrsAccessPath) -> Response:
    """Return the address of a file's bytes."""
    return ga4gh_answer(address(path.object_id, path.access_id))


@blueprint.post("/objects", responses={200: DrsObjects})
@audited(Action.RESULT_SEEN)
@scope_required(Scope.RESULTS_READ)
def show_several(body: DrsObjectsWanted) -> Response:
    """Describe several files and results.

    Those that aren't there, or not yet, are listed with the status that each alone would have.
    """
    found, missing = _each([(each, each) for each in body.bulk_object_ids], describe)
    return ga4gh_answer(
        DrsObjects(
            summary=DrsSummary.of(found, missing),
            unresolved_drs_objects=missing,
            resolved_drs_object=found,
        )
    )


@blueprint.post("/objects/access", responses={200: DrsAccessUrls})
@audited(Action.RESULT_DOWNLOADED)
@scope_required(Scope.RESULTS_READ)
def access_several(body: DrsAccessWanted) -> Response:
    """Return the addresses of several files' bytes."""
    wanted = [
        (each.bulk_object_id, (each.bulk_object_id, access_id))
        for each in body.bulk_object_access_ids
        for access_id in each.bulk_access_ids
    ]
    found, missing = _each(wanted, _address)
    return ga4gh_answer(
        DrsAccessUrls(
            summary=DrsSummary.of(found, missing),
            unresolved_drs_objects=missing,
            resolved_drs_object_access_urls=found,
        )
    )


def _address(wanted: tuple[str, str]) -> DrsBulkAccessUrl:
    object_id, access_id = wanted
    url = address(object_id, access_id).url
    return DrsBulkAccessUrl(drs_object_id=object_id, drs_access_id=access_id, url=url)


def _each(
    wanted: Sequence[tuple[str, W]], resolve: Callable[[W], T]
) -> tuple[list[T], list[DrsUnresolved]]:
    """Resolve several objects. Only those that were resolved count as read in the audit log.

    Args:
        wanted: the id of each object, and what `resolve` takes.
        resolve: raises NotFound or Ga4ghDelayed.

    Raises:
        RequestEntityTooLarge: more than MOST_OBJECTS are wanted.
    """
    if len(wanted) > MOST_OBJECTS:
        raise RequestEntityTooLarge(f"Ask for {MOST_OBJECTS} objects at most in one request.")
    found, read, missing = list[T](), set[str](), defaultdict[int, list[str]](list)
    for object_id, each in wanted:
        try:
            found.append(resolve(each))
            read.add(DrsId.parse(object_id).job_id)
        except (NotFound, Ga4ghDelayed) as error:
            missing[error.code].append(object_id)
    about_only(read)
    return found, [DrsUnresolved(error_code=code, object_ids=ids) for code, ids in missing.items()]
