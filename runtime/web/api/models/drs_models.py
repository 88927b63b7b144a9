"""What DRS 1.4 answers: https://ga4gh.github.io/data-repository-service-schemas/"""

from pydantic import Field

from runtime.web.api.models.base import Answer, Time


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


class Ga4ghError(Answer):
    """An error, as WES and DRS have it."""

    msg: str
    status_code: int
