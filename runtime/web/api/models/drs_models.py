"""What DRS 1.4 takes and answers: https://ga4gh.github.io/data-repository-service-schemas/"""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from runtime.web.api.models.base import Answer, Body, Time

Id = Annotated[str, StringConstraints(max_length=1000)]
"""As it was asked for. With a limit, pydantic also refuses half a character, which no answer can
repeat."""


class DrsChecksum(Answer):
    """A checksum of an object's bytes."""

    checksum: str
    type: str = Field(description="`sha-256`, or `etag` of older results.")


class DrsAuthorizations(Answer):
    """How to prove that one may read an object."""

    drs_object_id: str
    supported_types: list[str]


class DrsAccessMethod(Answer):
    """A way to an object's bytes."""

    type: str
    access_id: str
    authorizations: DrsAuthorizations


class DrsContent(Answer):
    """An object of a bundle."""

    name: str
    id: str
    drs_uri: list[str]


class DrsObject(Answer):
    """A file of a result, or with `contents` a whole result."""

    id: str
    name: str
    self_uri: str
    size: int
    created_time: Time
    mime_type: str | None = None
    checksums: list[DrsChecksum]
    access_methods: list[DrsAccessMethod] | None = None
    contents: list[DrsContent] | None = None


class DrsAccessUrl(Answer):
    """Where the bytes are."""

    url: str = Field(description="Presigned: it needs no token, and may be used for 5 minutes.")


class DrsBulkBody(Body):
    """Base of requests for several objects."""

    passports: list[str] = Field(default=[], max_length=0, description="Not supported.")


class DrsObjectsWanted(DrsBulkBody):
    """Several objects to describe."""

    bulk_object_ids: list[Id]


class DrsAccessIds(Body):
    """An object, and the ways to its bytes that are wanted."""

    bulk_object_id: Id
    bulk_access_ids: list[Id]


class DrsAccessWanted(DrsBulkBody):
    """Several objects whose addresses are wanted."""

    bulk_object_access_ids: list[DrsAccessIds]


class DrsUnresolved(Answer):
    """Objects that a request for each alone would have answered with `error_code`."""

    error_code: int
    object_ids: list[str]


class DrsSummary(Answer):
    """How many objects were asked for, and found."""

    requested: int
    resolved: int
    unresolved: int

    @classmethod
    def of(cls, found: Sequence[object], missing: Sequence[DrsUnresolved]) -> Self:
        """Count them."""
        lost = sum(len(each.object_ids) for each in missing)
        return cls(requested=len(found) + lost, resolved=len(found), unresolved=lost)


class DrsObjects(Answer):
    """Several objects."""

    summary: DrsSummary
    unresolved_drs_objects: list[DrsUnresolved]
    resolved_drs_object: list[DrsObject]


class DrsBulkAccessUrl(DrsAccessUrl):
    """Where the bytes of one of several objects are."""

    drs_object_id: str
    drs_access_id: str


class DrsAccessUrls(Answer):
    """Where the bytes of several objects are."""

    summary: DrsSummary
    unresolved_drs_objects: list[DrsUnresolved]
    resolved_drs_object_access_urls: list[DrsBulkAccessUrl]


class Ga4ghError(Answer):
    """An error, as WES and DRS have it."""

    msg: str
    status_code: int
