"""The engine's process: runs one bcftools command after another, each in a fork of its own.

Why a process: a crash of bcftools (version 1.24 can be made to) must not end the worker, and a
process can be limited and killed. Why a fork for each command: bcftools keeps state between
commands and exits in the midst of one. Why it stays: loading pysam takes longer than a small job.

It is run by its path, isolated (python -I), with an empty environment: it imports nothing of
`runtime`, and what it runs sees no credentials. A request is one line of JSON on standard input:
{"command": [...], "folder": ..., "messages": ..., "memory_bytes": ..., "file_bytes": ...,
"seconds": ...}. The answer is one on standard output: {"code": ..., "peak_bytes": ...}, where a
negative code is the signal that ended the command.
"""

import json
import os
import resource
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

import pysam
import pysam.bcftools
from pysam.utils import SamtoolsError


def main() -> None:
    """Serve requests until standard input ends."""
    # systemd stops a service by a SIGTERM to each of its processes. The worker decides what to
    # do with the job in hand, and ends this process when it has done so.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while request := sys.stdin.buffer.readline():
        child = os.fork()
        if child == 0:
            _run_and_exit(json.loads(request))
        _, status, usage = os.wait4(child, 0)
        answer = {
            "code": os.waitstatus_to_exitcode(status),
            # Linux counts in KiB: https://man7.org/linux/man-pages/man2/getrusage.2.html
            "peak_bytes": usage.ru_maxrss * 1024,
        }
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _run_and_exit(request: dict[str, Any]) -> None:
    code = 1
    try:
        messages = os.open(request["messages"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream, target in ((0, nothing), (1, nothing), (2, messages)):
            os.dup2(target, stream)
        os.chdir(request["folder"])
        tempfile.tempdir = request["folder"]
        _limit(request)
        code = _run(request["command"], Path(request["messages"]))
    finally:
        # No clean-up of the parent's objects, no flush of its buffers.
        os._exit(code)


def _limit(request: dict[str, Any]) -> None:
    for kind, bound in (
        (resource.RLIMIT_DATA, request["memory_bytes"]),
        (resource.RLIMIT_FSIZE, request["file_bytes"]),
        # The parent's clock kills it before; this holds when the parent is gone.
        (resource.RLIMIT_CPU, int(request["seconds"]) + 60),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (bound, bound))


def _run(command: list[str], messages: Path) -> int:
    name, *arguments = command
    try:
        if name == "tabix":
            pysam.tabix_index(arguments[0], preset="vcf", force=True)
            return 0
        run = getattr(pysam.bcftools, name)
        # Output goes to a file by -o: pysam would hold it in memory otherwise.
        run(*arguments, catch_stdout=False)
        printed, code = run.get_messages(), 0
    except (SamtoolsError, OSError, MemoryError) as error:
        printed, code = str(error), 1
    with messages.open("a") as file:
        file.write(printed if isinstance(printed, str) else "")
    return code


if __name__ == "__main__":
    main()
