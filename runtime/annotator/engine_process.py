"""Runs commands of the engines (vepyr, bcftools) in a process of their own, under limits."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from runtime.annotator.errors import EngineFailed
from runtime.annotator.limits import Deadline, Limits
from runtime.annotator.machine import GIB

CHILD = Path(__file__).with_name("engine_child.py")
POLL_SECONDS = 0.1
MESSAGE_CHARACTERS = 10_000


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command for the engines.

    Attributes:
        words: its name and its arguments, such as ["csq", "-o", ...], with output by -o only;
            ["tabix", FILE] makes an index.
        folder: its working and temporary folder.
        limits: bounds of memory and files.
        deadline: when it is killed.
        check_cancelled: called several times a second; if it raises, the command is killed.
    """

    words: list[str]
    folder: Path
    limits: Limits
    deadline: Deadline
    check_cancelled: Callable[[], None]


@dataclass(frozen=True)
class CommandRun:
    """A command that ended well: what it printed, and the most memory that it held, in bytes."""

    messages: str
    peak_bytes: int


class EngineProcess:
    """A process that runs the engines; started at the first command, and again after a kill.

    One command runs at a time. Use as a context manager, or call `close`.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the process now, so that the first command needn't wait for it."""
        with self._lock:
            self._running()

    def close(self) -> None:
        """Kill the process and what it runs."""
        with self._lock:
            self._kill()

    def run(self, command: Command) -> CommandRun:
        """Run one command.

        Raises:
            EngineFailed: it ended with an error, crashed, or went over a limit.
            TimeLimitReached: the deadline passed.
        """
        folder, limits = command.folder, command.limits
        with self._lock, tempfile.NamedTemporaryFile(dir=folder, suffix=".messages") as messages:
            request = {
                "command": command.words,
                "folder": str(folder),
                "messages": messages.name,
                "memory_bytes": limits.engine_memory_bytes,
                "file_bytes": limits.engine_file_bytes,
                "seconds": max(1.0, command.deadline.remaining),
            }
            process = self._running()
            try:
                answer = _exchange(process, request, command)
            except BaseException:
                self._kill()
                raise
            printed = Path(messages.name).read_text("utf-8", "replace")
        printed = printed.replace(f"{folder}/", "")[:MESSAGE_CHARACTERS]
        if answer is None:
            raise EngineFailed("The annotation engine ended without an answer.", detail=printed)
        if answer["code"] != 0:
            raise _failure(command.words[0], answer, printed, limits)
        return CommandRun(printed, answer["peak_bytes"])

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self._kill()
            self._process = subprocess.Popen(
                [sys.executable, "-I", str(CHILD)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # Nothing of ours: no credentials for code that reads a stranger's file.
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
                # A group of its own: a kill takes the running command along, and a signal to
                # the worker's group (Ctrl-C in a terminal) doesn't end a job in the midst.
                start_new_session=True,
            )
        return self._process

    def _kill(self) -> None:
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        self._process = None


def _exchange(
    process: "subprocess.Popen[bytes]", request: dict[str, object], command: Command
) -> dict[str, int] | None:
    """Send a request and wait for the answer, which is None when the process has ended."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("the engine's process has no pipes")
    process.stdin.write(json.dumps(request).encode() + b"\n")
    process.stdin.flush()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while not selector.select(POLL_SECONDS):
            command.deadline.check()
            command.check_cancelled()
    answer = process.stdout.readline()
    return json.loads(answer) if answer else None


def _failure(name: str, answer: dict[str, int], printed: str, limits: Limits) -> EngineFailed:
    memory = f"{limits.engine_memory_bytes / GIB:g} GiB of memory"
    code = answer["code"]
    if answer["over_memory"]:
        sentence = f"The annotation engine ({name}) needed more than {memory}."
    elif code < 0:
        sentence = (
            f"The annotation engine ({name}) crashed with signal "
            f"{signal.Signals(-code).name}, or needed more than {memory}."
        )
    else:
        last = next(reversed([line for line in printed.splitlines() if line.strip()]), "no reason")
        sentence = f"The annotation engine ({name}) stopped with an error: {last[:300]}"
    return EngineFailed(sentence, detail=printed)


class EngineClock:
    """Guesses how far a command is: it never goes back, and never claims to be done."""

    def __init__(self, expected_seconds: float) -> None:
        self._expected = max(expected_seconds, 0.01)
        self._start = time.monotonic()

    @property
    def share(self) -> float:
        """Share of the work that is done, 0 to 1."""
        elapsed = time.monotonic() - self._start
        return elapsed / (elapsed + self._expected)
