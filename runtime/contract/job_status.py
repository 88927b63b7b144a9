"""Where a job stands, and why jobs fail: bounded sets that metrics are counted by."""

from enum import StrEnum


class JobStatus(StrEnum):
    """Where a job stands."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class FailureKind(StrEnum):
    """Why jobs fail; the sentence for the owner is in the job."""

    INPUT = "input"
    """The file is at fault."""

    ENGINE = "engine"
    """bcftools stopped, crashed, or went over a limit."""

    TIME_LIMIT = "time_limit"
    SERVICE = "service"
    """Anything else that the owner of the job has no part in."""

    GIVEN_UP = "given_up"
    """Every attempt ended without a result, or the job stayed open for a day."""

    CANCELLED = "cancelled"
    """Its owner cancelled it."""
