"""Runs one command, and makes sure that nothing it started outlives the laptop cloud.

Usage: python -I supervisor.py GRACE_SECONDS COMMAND [ARGUMENT...]

The laptop cloud holds the other end of this script's standard input. When that end closes for any
reason, even SIGKILL, or on SIGTERM, the command gets SIGTERM. After the grace, or on SIGQUIT, the
command and everything that it started get SIGKILL. The exit code is the command's, or 128 + the
number of the signal that ended it.

It imports nothing of `local`, so that it starts fast.
"""

import ctypes
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

import psutil

PR_SET_CHILD_SUBREAPER = 36
"""From <linux/prctl.h>; https://man7.org/linux/man-pages/man2/prctl.2.html"""

SWEEP_SECONDS = 5.0
"""How long processes that the command left behind may take to end after SIGKILL."""


class Supervisor:
    """One command, and all processes that it starts.

    Args:
        command: program and arguments.
        grace_seconds: between SIGTERM and SIGKILL.
    """

    def __init__(self, command: list[str], grace_seconds: float) -> None:
        self._command = command
        self._grace = grace_seconds
        # A signal handler may interrupt the main thread anywhere, even while it holds a lock. With
        # an Event's lock it would then wait for ever; this queue's put is reentrant.
        # https://docs.python.org/3/library/queue.html#simplequeue-objects
        self._wakes: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._stopping = False
        self._hurrying = False
        self._exit_code: int | None = None

    def run(self) -> int:
        """Start the command; wait for its end, or stop it when asked; leave no process behind."""
        _adopt_orphans()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGQUIT, self._hurry)
        signal.signal(signal.SIGCHLD, lambda *_: self._wakes.put(None))
        try:
            child = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, start_new_session=True
            )
        except OSError as error:
            sys.stderr.write(f"cannot run {self._command[0]}: {error.strerror}\n")
            return 127
        threading.Thread(target=self._wait_for_end_of_input, daemon=True).start()
        self._wait(child.pid, timeout=None)
        if self._exit_code is None:
            _send(child.pid, signal.SIGTERM)
            self._wait(child.pid, timeout=self._grace)
        self._sweep(child.pid)
        return 128 + signal.SIGKILL if self._exit_code is None else self._exit_code

    def _stop(self, *_: object) -> None:
        self._stopping = True
        self._wakes.put(None)

    def _hurry(self, *_: object) -> None:
        self._hurrying = True
        self._stop()

    def _wait_for_end_of_input(self) -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        self._stop()

    def _wait(self, pid: int, timeout: float | None) -> None:
        """Wait for the end of the command, or of `timeout`, or (without one) for a request to stop.

        After SIGQUIT it returns at once.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            self._reap(pid)
            if self._exit_code is not None or self._hurrying:
                return
            if deadline is None and self._stopping:
                return
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return
            self._sleep(left)

    def _sleep(self, seconds: float | None) -> None:
        """Wait for a signal or the end of the input, also one since the last call."""
        with suppress(queue.Empty):
            self._wakes.get(timeout=seconds)

    def _reap(self, pid: int) -> None:
        """Collect ended children: the command, and orphans that this process has adopted."""
        while True:
            try:
                ended, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if ended == 0:
                return
            if ended == pid:
                code = os.waitstatus_to_exitcode(status)
                self._exit_code = code if code >= 0 else 128 - code

    def _sweep(self, pid: int) -> None:
        """Kill what is left: the command's process group and all descendants."""
        deadline = time.monotonic() + SWEEP_SECONDS
        while time.monotonic() < deadline:
            left = psutil.Process().children(recursive=True)
            if not left and not _group_exists(pid):
                return
            _send_group(pid, signal.SIGKILL)
            for process in left:
                _send(process.pid, signal.SIGKILL)
            self._reap(pid)
            self._sleep(0.05)


def _adopt_orphans() -> None:
    """Become the parent of descendants whose parent ends; only Linux can do that."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _send_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _group_exists(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # macOS says this of a group of zombies
        return False
    return True


if __name__ == "__main__":
    sys.exit(Supervisor(sys.argv[2:], float(sys.argv[1])).run())
