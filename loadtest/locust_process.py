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
"""For the requests in progress when the time is up."""

STOP_SECONDS = 30.0
"""How much longer than its run time Locust may take before it is killed."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """Locust's task. `user_class` is a class of loadtest/users.py."""

    user_class: str
    site_url: str
    users: int
    users_per_s: float
    seconds: int


@dataclass(frozen=True)
class Files:
    """The files that Locust writes, in the folder of the run."""

    folder: Path

    @property
    def prefix(self) -> Path:
        """The prefix of the CSV files."""
        return self.folder / "locust"

    @property
    def report(self) -> Path:
        """Locust's own report."""
        return self.folder / "locust.html"

    def requests(self) -> list[Request]:
        """The requests by name, and their total as the last one; raises LoadTestError."""
        return read_requests(self.folder / FINAL_REQUESTS)

    def points(self) -> list[Point]:
        """A point for each second of the run; raises LoadTestError."""
        return read_points(self.folder / "locust_stats_history.csv")

    def failures(self) -> list[Failure]:
        """The failures; raises LoadTestError."""
        return read_failures(self.folder / FINAL_FAILURES)


def command(job: Job, files: Files) -> list[str]:
    """Return Locust's command line."""
    return [
        *(sys.executable, "-m", "locust", "--locustfile", str(FOLDER / "users.py")),
        *("--headless", "--host", job.site_url),
        *("--users", str(job.users), "--spawn-rate", f"{job.users_per_s:g}"),
        *("--run-time", f"{job.seconds}s", "--stop-timeout", str(FINISH_SECONDS)),
        # Without the full history, the percentiles are those of the whole run so far.
        *("--csv", str(files.prefix), "--csv-full-history", "--html", str(files.report)),
        # The report lists failed requests. The exit code is for errors of Locust itself.
        *("--exit-code-on-error", "0"),
        job.user_class,
    ]


def run_locust(job: Job, settings: Settings, files: Files) -> bool:
    """Run Locust to its end; it prints to this process's output.

    Args:
        job: its task.
        settings: what its users need.
        files: where it writes.

    Returns:
        Whether it ran for the whole time. Ctrl-C ends it early; the files then hold what it has
        measured so far.

    Raises:
        LoadTestError: it failed, or didn't end by itself.
    """
    process = subprocess.Popen(
        command(job, files),
        env=os.environ | settings.variables() | {"PYTHONPATH": str(FOLDER.parent)},
        stdin=subprocess.DEVNULL,
        cwd=files.folder,
        start_new_session=True,  # only we get the terminal's Ctrl-C, and pass it on
    )
    try:
        code = process.wait(job.seconds + FINISH_SECONDS + STOP_SECONDS)
    except KeyboardInterrupt:
        _stop(process)
        return False
    except subprocess.TimeoutExpired as error:
        _stop(process)
        raise LoadTestError(
            f"Locust didn't end after {job.seconds} s, so it was stopped."
        ) from error
    if code != 0:
        raise LoadTestError(f"Locust ended with exit code {code}. Its output says why.")
    return True


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End Locust as Ctrl-C does: it finishes the requests in progress, and writes its files."""
    with uninterrupted():
        process.send_signal(signal.SIGINT)
        try:
            process.wait(FINISH_SECONDS + STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
