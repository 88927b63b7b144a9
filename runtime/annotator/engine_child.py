"""The engines' process: runs one command after another, each in a fork of its own.

Why a process: a crash of an engine must not end the worker, and a process can be limited and
killed. Why a fork for each command: bcftools keeps state between commands and exits in the midst
of one. Why it stays: loading the engines takes longer than a small job. No engine has run in it
before a fork, so it has no threads that a fork would lose.

It is run by its path, isolated (python -I), with an empty environment: of `runtime` it imports
one module that lies beside it, and what it runs sees no credentials. A request is one line of JSON
on standard input: {"command": [...], "folder": ..., "messages": ..., "memory_bytes": ...,
"file_bytes": ..., "seconds": ...}. The answer is one on standard output: {"code": ...,
"over_memory": ..., "peak_bytes": ...}, where a negative code is the signal that ended the command.
"""

import ctypes
import json
import os
import platform
import re
import resource
import select
import signal
import struct
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

import polars as pl
import pysam
import pysam.bcftools
import vepyr
from pysam.utils import SamtoolsError

# It lies beside this file, which is run by its path, so that mypy doesn't find it. At the end of
# the path: no module here takes the place of a library's of the same name.
sys.path.append(str(Path(__file__).parent))
from vep_excerpt import excerpt  # type: ignore[import-not-found]

VEP_LISTS = (
    "Consequence",
    "Feature",
    "EXON",
    "INTRON",
    "HGVSc",
    "HGVSp",
    "cDNA_position",
    "CDS_position",
    "Protein_position",
    "Amino_acids",
    "Codons",
)
"""What vepyr tells of each transcript; what follows from the transcript alone is left to others."""

PREDICTIONS = ("SIFT", "PolyPhen")
"""What it tells more, where its cache has them."""

WATCH_SECONDS = 0.05
"""Between two looks at a command's memory."""

RESERVED_TIMES = 4
"""Data memory that a command may reserve, in multiples of what it may hold; what grows faster than
it is watched stops there."""

WHOLE_CACHE = "-"

_REPEATED = ("Consequence", "Feature", "EXON", "INTRON")
"""Of these, columns with few different values."""

_SOCKET_CALLS = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""AUDIT_ARCH_* of linux/audit.h, and the number of socket(2), by machine:
https://man7.org/linux/man-pages/man2/syscalls.2.html"""

_IO_URING_SETUP = 425
"""On every machine. A ring opens sockets too, without a call that the filter sees."""

_X32_CALLS = 0x40000000
"""Numbers from here on are x86_64's second set of calls, which has a socket(2) of its own."""


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
        over_memory = _watch_memory(child, json.loads(request)["memory_bytes"])
        _, status, usage = os.wait4(child, 0)
        answer = {
            "code": os.waitstatus_to_exitcode(status),
            "over_memory": over_memory,
            # Linux counts in KiB: https://man7.org/linux/man-pages/man2/getrusage.2.html
            "peak_bytes": usage.ru_maxrss * 1024,
        }
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _watch_memory(child: int, most_bytes: int) -> bool:
    """Wait until a command ends; kill it, and return True, when it holds more memory than it may.

    Counted are the pages that it has written. A limit on data memory alone (RLIMIT_DATA) counts
    what is reserved too, of which vepyr has three times as much. Without /proc and pidfd_open, on
    a developer's machine that isn't Linux, RLIMIT_DATA is the only bound.
    """
    if sys.platform != "linux":
        return False
    ended = os.pidfd_open(child)
    try:
        while True:
            if _written_bytes(child) > most_bytes:
                os.kill(child, signal.SIGKILL)
                return True
            if select.select([ended], [], [], WATCH_SECONDS)[0]:
                return False
    finally:
        os.close(ended)


def _written_bytes(process: int) -> int:
    """Return the bytes of a process's pages that no file backs; 0 when it has ended.

    https://man7.org/linux/man-pages/man5/proc_pid_status.5.html (RssAnon, in kB)
    """
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"^RssAnon:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


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
        refuse_network()
        code = _run(request["command"], Path(request["messages"]))
    except BaseException:  # noqa: BLE001 - the message goes to the parent, the code too
        os.write(2, traceback.format_exc().encode())
    finally:
        # No clean-up of the parent's objects, no flush of its buffers.
        os._exit(code)


def _limit(request: dict[str, Any]) -> None:
    for kind, bound in (
        (resource.RLIMIT_DATA, RESERVED_TIMES * request["memory_bytes"]),
        (resource.RLIMIT_FSIZE, request["file_bytes"]),
        # The parent's clock kills it before; this holds when the parent is gone.
        (resource.RLIMIT_CPU, 4 * int(request["seconds"]) + 60),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (bound, bound))


def refuse_network() -> None:
    """Let this process and its threads make no socket but those of the machine itself (AF_UNIX).

    A seccomp filter, which needs no privilege. Only Linux has it; elsewhere, which is a
    developer's machine, the engine isn't cut off.

    Raises:
        OSError: the kernel refuses the filter.
    """
    known = _SOCKET_CALLS.get(platform.machine())
    if sys.platform != "linux" or known is None:
        return
    machine, number = known
    # Classic BPF over struct seccomp_data: https://docs.kernel.org/userspace-api/seccomp_filter.html
    load, equal, from_on, answer = 0x20, 0x15, 0x35, 0x06
    allow, refuse = 0x7FFF0000, 0x00050000 | 1  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO with EPERM
    instructions = [
        (load, 0, 0, 4),  # the machine whose calls these are: x86_64 can make those of i386
        (equal, 0, 6, machine),
        (load, 0, 0, 0),  # the call's number
        (from_on, 4, 0, _X32_CALLS),
        (equal, 3, 0, _IO_URING_SETUP),
        (equal, 0, 3, number),
        (load, 0, 0, 16),  # its first argument, the address family
        (equal, 1, 0, 1),  # AF_UNIX
        (answer, 0, 0, refuse),
        (answer, 0, 0, allow),
    ]
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *i) for i in instructions))
    header = struct.pack("HxxxxxxP", len(instructions), ctypes.addressof(program))
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, set_seccomp, filter_mode = 38, 22, 2
    if (
        libc.prctl(no_new_privileges, 1, 0, 0, 0) != 0
        or libc.prctl(set_seccomp, filter_mode, ctypes.c_char_p(header), 0, 0) != 0
    ):
        code = ctypes.get_errno()
        raise OSError(code, f"the engine can't be cut off from the network: {os.strerror(code)}")


def _run(command: list[str], messages: Path) -> int:
    name, *arguments = command
    if name == "vepyr":
        _vepyr(*arguments)
        return 0
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


def _vepyr(sites: str, cache: str, fasta: str, out: str, cut: str, *predictions: str) -> None:
    """Annotate a sites VCF, whose IDs are numbers, into an Arrow file: a row an effect.

    Args:
        cut: a folder for the part of the cache that the sites need; - to use the whole.
        predictions: of PREDICTIONS, those that are wanted. They cost a quarter of the time.
    """
    part = None if cut == WHOLE_CACHE else excerpt(Path(cache), Path(sites), Path(cut))
    effects: Any = vepyr.annotate(
        sites,
        str(part or cache),
        reference_fasta=fasta,
        distance=0,
        no_escape=True,
        skip_csq=True,
        info_fields=[],
        format_fields=[],
        preserve_record_layout=False,
        show_progress=False,
    )
    site = pl.col("id").cast(pl.UInt32).alias("site")
    lists = [*VEP_LISTS, *predictions]
    rows = effects.select(site, *lists).explode(lists, empty_as_null=True)
    rows.with_columns(pl.col(_REPEATED).cast(pl.Categorical)).sink_ipc(out)


if __name__ == "__main__":
    main()
