"""Starts and stops the processes of the laptop cloud. None of them outlives this process."""

import signal
import subprocess
import sys
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

SUPERVISOR = Path(__file__).with_name("supervisor.py")

SWEEP_SECONDS = 6.0
"""For the supervisor after the grace: a little more than its own SWEEP_SECONDS."""


@dataclass(frozen=True)
class Identity:
    """Identifies a process beyond doubt: ids are used again, but not with the same start time."""

    pid: int
    start_time: float

    @classmethod
    def of(cls, pid: int) -> "Identity | None":
        """The identity of a running process; None if there is none with this id."""
        try:
            return cls(pid=pid, start_time=psutil.Process(pid).create_time())
        except psutil.NoSuchProcess:
            return None

    @property
    def alive(self) -> bool:
        """Whether this very process still runs."""
        return Identity.of(self.pid) == self


_STARTED: "weakref.WeakSet[SupervisedProcess]" = weakref.WeakSet()


class SupervisedProcess:
    """A command under `local/host/supervisor.py`, which ends it when this process ends.

    Args:
        command: program and arguments.
        env: its complete environment.
        cwd: its working folder.
        log: file to which its output is appended.
        grace_seconds: between SIGTERM and SIGKILL.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        cwd: Path,
        log: Path,
        grace_seconds: float,
    ) -> None:
        self.log = log
        self.grace_seconds = grace_seconds
        supervisor = [sys.executable, "-I", str(SUPERVISOR), str(grace_seconds)]
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                [*supervisor, *map(str, command)],
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                # Only `up` gets the terminal's Ctrl-C; it stops its children in order.
                start_new_session=True,
            )
        self.identity = Identity.of(self._popen.pid)
        _STARTED.add(self)

    @property
    def pid(self) -> int:
        """The supervisor's id. The command and all that it started are descendants of it."""
        return self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """The command's exit code, 128 + the signal's number for a signal; None while it runs."""
        code = self._popen.poll()
        if code is not None:
            self.ask_to_stop()
        return code

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the command ends, and return its exit code.

        Raises:
            subprocess.TimeoutExpired: it still runs after `timeout` seconds.
        """
        code = self._popen.wait(timeout)
        self.ask_to_stop()
        return code

    def ask_to_stop(self) -> None:
        """Have the supervisor send SIGTERM, and SIGKILL after the grace. Doesn't wait."""
        # The supervisor waits for the end of its standard input.
        if self._popen.stdin and not self._popen.stdin.closed:
            self._popen.stdin.close()

    def stop(self, grace_seconds: float | None = None) -> int:
        """Stop the command and all that it started; return its exit code.

        Args:
            grace_seconds: a shorter grace than at its start.
        """
        self.ask_to_stop()
        if grace_seconds is not None:
            with suppress(subprocess.TimeoutExpired):
                return self.wait(grace_seconds)
            self._popen.send_signal(signal.SIGQUIT)
        try:
            return self.wait(self.grace_seconds + SWEEP_SECONDS)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            return self._popen.wait()


def running_processes(folder: Path) -> "list[SupervisedProcess]":
    """The processes that this one has started, that log below a folder, and that still run.

    Each platform has a folder, and a process may run several: tests do.
    """
    started = [process for process in tuple(_STARTED) if process.log.is_relative_to(folder)]
    return [process for process in started if process.exit_code is None]


def tail(log: Path, lines: int = 15) -> str:
    """Return the last lines of a log for an error message; empty if there is no log."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
