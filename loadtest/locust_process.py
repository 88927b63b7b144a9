"""Locust, run as a process of its own for one load test."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from loadtest.load_test_error import LoadTestError
from loadtest.locust_files import (
    FINAL_FAILURES,
    FINAL_REQUESTS,
    Failure,
    Point,
    Request,
    read_failures,
    read_points,
    read_requests,
)
from loadtest.settings import Settings
from loadtest.signals import uninterrupted

FOLDER = Path(__file__).resolve().parent

FINISH_SECONDS = 10
"""For the requests that are under way when the time is up."""

STOP_SECONDS = 30.0
"""Locust may take so much longer than it was told to run, before it is killed."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """What Locust is to do. `user_class` is one of loadtest/users.py."""

    user_class: str
    site_url: str
    users: int
    users_per_s: float
    seconds: int


@dataclass(frozen=True)
class Files:
    """What Locust writes, in a folder of the run's own."""

    folder: Path

    @property
    def prefix(self) -> Path:
        """What the names of the CSV files begin with."""
        return self.folder / "locust"

    @property
    def report(self) -> Path:
        """Locust's own report."""
        return self.folder / "locust.html"

    def requests(self) -> list[Request]:
        """The requests by name, and last all of them; raises LoadTestError."""
        return read_requests(self.folder / FINAL_REQUESTS)

    def points(self) -> list[Point]:
        """The run second by second; raises LoadTestError."""
        return read_points(self.folder / "locust_stats_history.csv")

    def failures(self) -> list[Failure]:
        """What went wrong; raises LoadTestError."""
        return read_failures(self.folder / FINAL_FAILURES)


def command(job: Job, files: Files) -> list[str]:
    """Return Locust's command line."""
    return [
        *(sys.executable, "-m", "locust", "--locustfile", str(FOLDER / "users.py")),
        *("--headless", "--host", job.site_url),
        *("--users", str(job.users), "--spawn-rate", f"{job.users_per_s:g}"),
        *("--run-time", f"{job.seconds}s", "--stop-timeout", str(FINISH_SECONDS)),
        # Without the full history its percentiles are those of the whole run so far.
        *("--csv", str(files.prefix), "--csv-full-history", "--html", str(files.report)),
        # Failures are told of in the report: this code is for what kept Locust from running.
        *("--exit-code-on-error", "0"),
        job.user_class,
    ]


def run_locust(job: Job, settings: Settings, files: Files) -> bool:
    """Run Locust to its end; its progress goes where this process's output goes.

    Args:
        job: what it is to do.
        settings: what its users need to know.
        files: where it writes.

    Returns:
        Whether it ran for as long as it should; Ctrl-C ends it early, with what it has until then
        written.

    Raises:
        LoadTestError: it failed, or didn't end by itself.
    """
    process = subprocess.Popen(
        command(job, files),
        env=os.environ | settings.variables() | {"PYTHONPATH": str(FOLDER.parent)},
        stdin=subprocess.DEVNULL,
        cwd=files.folder,
        start_new_session=True,  # a terminal's Ctrl-C comes to us alone, and is passed on once
    )
    try:
        code = process.wait(job.seconds + FINISH_SECONDS + STOP_SECONDS)
    except KeyboardInterrupt:
        _stop(process)
        return False
    except subprocess.TimeoutExpired as error:
        _stop(process)
        raise LoadTestError(f"Locust didn't end after {job.seconds} s, and was stopped.") from error
    if code != 0:
        raise LoadTestError(f"Locust ended with exit code {code}; what it printed says why.")
    return True


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End Locust as Ctrl-C does: it finishes what is under way, and writes its files."""
    with uninterrupted():
        process.send_signal(signal.SIGINT)
        try:
            process.wait(FINISH_SECONDS + STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
