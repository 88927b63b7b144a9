"""Why a job ends FAILED. Each message is a sentence or two for the person who uploaded the file."""

from typing import ClassVar

from runtime.contract.job_status import FailureKind


class JobFailed(Exception):
    """The job can't be done, and trying again would not help.

    Attributes:
        kind: what failures are counted by.
        detail: more for the log, such as what the engine printed.
    """

    kind: ClassVar[FailureKind] = FailureKind.SERVICE

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


class InputRejected(JobFailed):
    """The file is at fault.

    Attributes:
        line: number of the line at fault, from 1, in the decompressed file; None where no one line
            is. The message names it too.
    """

    kind = FailureKind.INPUT

    def __init__(self, message: str, *, line: int | None = None) -> None:
        super().__init__(message if line is None else f"Line {line}: {message}")
        self.line = line


class EngineFailed(JobFailed):
    """The engine stopped with an error, crashed, or went over a limit."""

    kind = FailureKind.ENGINE


class TimeLimitReached(JobFailed):
    """The job as a whole took too long."""

    kind = FailureKind.TIME_LIMIT


class BundleError(Exception):
    """A reference bundle is incomplete or wrong: the operator's business, not the user's."""


def shown(value: bytes, limit: int = 40) -> str:
    """Return bytes of the user's file in a form that is fit for a message: short and printable."""
    text = value[: limit + 1].decode("utf-8", "backslashreplace")
    text = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
    return text if len(text) <= limit else text[:limit] + "..."
