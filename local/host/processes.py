"""Starts and stops what the laptop cloud runs; nothing of it outlives this process."""

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
"""What the supervisor may need after its grace: a little more than its own SWEEP_SECONDS."""


@dataclass(frozen=True)
class Identity:
    """A process that no other can be taken for: ids are used again, start times aren't."""

    pid: int
    start_time: float

    @classmethod
    def of(cls, pid: int) -> "Identity | None":
        """Identity of a running process; None when there is none of that id."""
        try:
            return cls(pid=pid, start_time=psutil.Process(pid).create_time())
        except psutil.NoSuchProcess:
            return None

    @property
    def alive(self) -> bool:
        """Whether exactly this process still runs."""
        return Identity.of(self.pid) == self


_STARTED: "weakref.WeakSet[SupervisedProcess]" = weakref.WeakSet()


class SupervisedProcess:
    """A command under `local/host/supervisor.py`, which ends it when this process ends.

    Args:
        command: program and arguments.
        env: its whole environment.
        cwd: its working folder.
        log: file to which its output is appended.
        grace_seconds: how long it has between SIGTERM and SIGKILL.
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
                # Ctrl-C in the terminal is for `up` alone, which stops its children in order.
                start_new_session=True,
            )
        self.identity = Identity.of(self._popen.pid)
        _STARTED.add(self)

    @property
    def pid(self) -> int:
        """Id of the supervisor, whose descendants the command and all that it started are."""
        return self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """The command's exit code, 128 + the signal's number for a signal; None while it runs."""
        code = self._popen.poll()
        if code is not None:
            self.ask_to_stop()
        return code

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end of the command and return its exit code.

        Raises:
            subprocess.TimeoutExpired: it still runs after `timeout` seconds.
        """
        code = self._popen.wait(timeout)
        self.ask_to_stop()
        return code

    def ask_to_stop(self) -> None:
        """Have it sent SIGTERM, and SIGKILL after the grace; doesn't wait."""
        # The supervisor waits for the end of its standard input.
        if self._popen.stdin and not self._popen.stdin.closed:
            self._popen.stdin.close()

    def stop(self, grace_seconds: float | None = None) -> int:
        """Stop the command with all that it started, and return its exit code.

        Args:
            grace_seconds: less grace than it was started with.
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


def running_processes() -> "list[SupervisedProcess]":
    """Everything that this process started and that still runs."""
    return [process for process in tuple(_STARTED) if process.exit_code is None]


def tail(log: Path, lines: int = 15) -> str:
    """Return the last lines of a log, for an error message; empty when there is none."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
