"""What can go wrong, each with the exit code that a script sees."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of `gas-client`."""

    OK = 0
    JOB_FAILED = 1
    USAGE = 2
    REFUSED = 3
    UNREACHABLE = 4
    TIMED_OUT = 5
    NOT_SAVED = 6
    INTERRUPTED = 130


class ClientError(Exception):
    """An error that ends a command; its text is for the person who runs it."""

    exit_code = ExitCode.USAGE


class UsageError(ClientError):
    """The command line, the settings, or a file to send isn't right. Nothing was sent."""


class Refused(ClientError):
    """The service refused the request.

    Args:
        message: what the service says.
        status: the HTTP status.
        problem: the URL that names the kind of problem (RFC 9457), "about:blank" if there is none.
    """

    exit_code = ExitCode.REFUSED

    def __init__(self, message: str, *, status: int, problem: str = "about:blank") -> None:
        super().__init__(message)
        self.status = status
        self.problem = problem


class NotAvailable(ClientError):
    """A job has no result that can be read now."""

    exit_code = ExitCode.REFUSED


class Unreachable(ClientError):
    """Nothing answers, or only with errors of its own, after all retries."""

    exit_code = ExitCode.UNREACHABLE


class JobFailed(ClientError):
    """A job ended without a result."""

    exit_code = ExitCode.JOB_FAILED


class TimedOut(ClientError):
    """A job hasn't ended in the time that was given. It goes on."""

    exit_code = ExitCode.TIMED_OUT


class NotSaved(ClientError):
    """A file can't be written here, or would overwrite another one."""

    exit_code = ExitCode.NOT_SAVED
