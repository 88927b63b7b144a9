"""What the API answers, as the client uses it. `--json` prints it as it came."""

from typing import TypedDict


class Queue(TypedDict, total=False):
    """A waiting job's place, from 1, and the estimated seconds until it starts."""

    position: int
    wait_seconds: int | None


class Links(TypedDict, total=False):
    """Addresses of a job: in the API, and of its page."""

    self: str
    page: str


class Job(TypedDict, total=False):
    """A job. Times are RFC 3339 in UTC."""

    job_id: str
    state: str
    progress: int
    file_name: str
    size: int
    reference: str
    reference_version: str | None
    note: str
    variants: int | None
    submitted_at: str
    started_at: str | None
    ended_at: str | None
    error: str | None
    queue: Queue | None
    links: Links


OPEN = frozenset({"PENDING", "RUNNING"})
"""States of a job that hasn't ended."""

WITHOUT_RESULT = frozenset({"FAILED", "CANCELLED"})
"""States of a job that ended and has no result."""


class Contig(TypedDict, total=False):
    """A contig of a reference."""

    name: str
    aliases: list[str]
    length: int
    accession: str | None


class Reference(TypedDict, total=False):
    """A reference that the service offers."""

    name: str
    version: str
    assembly: str
    default: bool
    contigs: list[Contig]


class PresignedPost(TypedDict):
    """Where a file is posted to, with which form fields."""

    url: str
    fields: dict[str, str]


class Parts(TypedDict):
    """Of a file that is sent in parts: bytes of each but the last, and how many there are."""

    part_size: int
    parts: int


class ResultFile(TypedDict, total=False):
    """A file of a result. `url` is presigned: whoever has it may read the file for a while."""

    name: str
    kind: str
    size: int
    url: str
    expires_at: str


class ReferenceFound(TypedDict):
    """The reference of a file; `level` is good, warn, open (nothing tells it) or stop."""

    reference: str | None
    level: str
    assembly: str
    text: str
    fitting: list[str]
    agreement: str
