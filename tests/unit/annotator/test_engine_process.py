"""The engine's process: its limits hold, and none of its ends takes the caller along."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from runtime.annotator.bundle import Bundle
from runtime.annotator.engine_process import Command, CommandRun, EngineClock, EngineProcess
from runtime.annotator.errors import EngineFailed, TimeLimitReached
from runtime.annotator.limits import Deadline, Limits
from tests.unit.annotator.vcfs import record, vcf

CONTIG = "##contig=<ID=MT,length=16569>"
Run = Callable[..., CommandRun]


@pytest.fixture(scope="module")
def engines() -> Iterator[EngineProcess]:
    """One process alone."""
    with EngineProcess() as running:
        yield running


@pytest.fixture
def run(engines: EngineProcess, tmp_path: Path) -> Run:
    def call(
        *command: str, limits: Limits | None = None, seconds: float = 30, **kwargs: Any
    ) -> CommandRun:
        return engines.run(
            Command(
                words=list(command),
                folder=tmp_path,
                limits=limits or Limits(),
                deadline=Deadline(seconds),
                check_cancelled=kwargs.get("check_cancelled", lambda: None),
            )
        )

    return call


@pytest.fixture
def plain(tmp_path: Path) -> str:
    """A VCF that bcftools reads."""
    path = tmp_path / "plain.vcf"
    path.write_text(vcf(record(8993, "T", "G"), header=(CONTIG,)))
    return str(path)


@pytest.fixture
def endless(tmp_path: Path) -> str:
    """A file that never comes to its end: a command that reads it waits."""
    path = tmp_path / "endless.vcf"
    os.mkfifo(path)
    return str(path)


def test_should_run_a_command_and_report_its_memory(run: Run, plain: str, tmp_path: Path) -> None:
    done = run("view", "-o", str(tmp_path / "out.vcf"), plain)

    assert (tmp_path / "out.vcf").read_text().endswith("MT\t8993\t.\tT\tG\t.\t.\t.\n")
    assert done.peak_bytes > 1_000_000


def test_should_tell_what_the_command_printed_when_it_fails(run: Run, tmp_path: Path) -> None:
    with pytest.raises(EngineFailed) as failure:
        run("view", "-o", "out.vcf", str(tmp_path / "missing.vcf"))

    assert "stopped with an error" in str(failure.value)
    assert "missing.vcf" in failure.value.detail
    assert str(tmp_path) not in failure.value.detail


def test_should_fail_with_a_reason_and_go_on_when_a_command_crashes(
    run: Run, bundle: Bundle, tmp_path: Path, plain: str
) -> None:
    headless = tmp_path / "headless.vcf"
    headless.write_text(vcf(record(8993, "T", "G")))
    files = ["-f", str(bundle.fasta_path), "-g", str(bundle.genes_path)]

    with pytest.raises(EngineFailed, match="crashed with signal SIG"):
        run("csq", "-l", *files, "-o", "out.vcf", str(headless))

    run("view", "-o", "out.vcf", plain)


def test_should_keep_no_state_from_one_command_to_the_next(
    run: Run, bundle: Bundle, tmp_path: Path
) -> None:
    files = ["-f", str(bundle.fasta_path), "-g", str(bundle.genes_path)]
    for position, ref in ((8993, "T"), (3243, "A")):
        path = tmp_path / f"{position}.vcf"
        path.write_text(vcf(record(position, ref, "G"), header=(CONTIG,)))

        run("csq", "-l", *files, "-o", str(tmp_path / "out.vcf"), str(path))

    assert "BCSQ=non_coding" in (tmp_path / "out.vcf").read_text()


def test_should_kill_the_command_when_the_time_is_over(
    run: Run, endless: str, plain: str, engines: EngineProcess
) -> None:
    engines.start()
    process = psutil.Process(pid_of(engines))

    with pytest.raises(TimeLimitReached):
        run("view", "-o", "out.vcf", endless, seconds=0.2)

    assert not process.is_running()
    run("view", "-o", "out.vcf", plain)


def _is_over(process: psutil.Process) -> bool:
    """Whether it was killed: a grandchild stays a zombie until init finds time to reap it."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_should_kill_the_command_when_the_caller_wants_to_stop(
    run: Run, engines: EngineProcess, endless: str
) -> None:
    seen: list[psutil.Process] = []

    def stop() -> None:
        engine = psutil.Process(pid_of(engines))
        seen.extend([engine, *engine.children(recursive=True)])
        raise InterruptedError

    with pytest.raises(InterruptedError):
        run("view", "-o", "out.vcf", endless, check_cancelled=stop)

    assert len(seen) >= 2
    assert all(_is_over(each) for each in psutil.wait_procs(seen, timeout=60)[1])


@pytest.mark.parametrize(
    "limits", [Limits(engine_memory_bytes=1024**2), Limits(engine_file_bytes=20)]
)
def test_should_fail_with_a_reason_when_a_command_goes_over_a_limit(
    run: Run, plain: str, tmp_path: Path, limits: Limits
) -> None:
    with pytest.raises(EngineFailed):
        run("view", "-o", str(tmp_path / "out.vcf"), plain, limits=limits)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is watched on Linux alone")
def test_should_name_the_memory_when_a_command_holds_more_than_it_may(
    run: Run, plain: str, tmp_path: Path
) -> None:
    # Less than the modules take that the command's process was born with.
    limits = Limits(engine_memory_bytes=8 * 1024**2)

    with pytest.raises(EngineFailed, match=r"needed more than 0\.0078125 GiB of memory"):
        run("view", "-o", str(tmp_path / "out.vcf"), plain, limits=limits)

    run("view", "-o", str(tmp_path / "out.vcf"), plain)


def test_should_start_again_when_its_process_was_killed_from_outside(
    run: Run, engines: EngineProcess, plain: str
) -> None:
    engines.start()
    process = psutil.Process(pid_of(engines))
    process.kill()
    process.wait()

    run("view", "-o", "out.vcf", plain)


def test_should_leave_it_to_the_worker_when_a_signal_goes_to_every_process(
    run: Run, engines: EngineProcess, plain: str
) -> None:
    run("view", "-o", "out.vcf", plain)
    process = psutil.Process(pid_of(engines))
    for number in (signal.SIGTERM, signal.SIGINT):
        process.send_signal(number)

    run("view", "-o", "out.vcf", plain)

    assert pid_of(engines) == process.pid


def test_should_fail_with_a_reason_when_its_process_is_killed_in_the_midst(
    run: Run, engines: EngineProcess, endless: str
) -> None:
    engines.start()

    with pytest.raises(EngineFailed, match="ended without an answer"):
        run("view", endless, check_cancelled=lambda: psutil.Process(pid_of(engines)).kill())


def test_should_hold_no_credentials(
    run: Run, engines: EngineProcess, plain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "secret")
    engines.close()

    run("view", "-o", "out.vcf", plain)
    environment = psutil.Process(pid_of(engines)).environ()

    assert set(environment) == {"PATH", "LC_ALL"}


def test_should_reach_no_server_when_a_command_asks_for_a_file_there(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x.vcf"
        server.settimeout(0)
        with pytest.raises(EngineFailed):
            run("view", "-o", "out.vcf", address, seconds=10)
        with pytest.raises(BlockingIOError):  # nobody has asked to be connected
            server.accept()


def test_should_refuse_a_ring_when_a_process_has_no_network() -> None:
    """io_uring opens sockets without socket(2)."""
    tried = (
        "import ctypes, errno, runtime.annotator.engine_child as child\n"
        "child.refuse_network()\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "libc.syscall(425, 1, ctypes.create_string_buffer(256))\n"
        "print(errno.errorcode[ctypes.get_errno()])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", tried], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "EPERM"


def test_should_refuse_the_network_and_allow_local_sockets() -> None:
    # The filter can't be taken back, so a process of its own tries it.
    tried = (
        "import socket, runtime.annotator.engine_child as child\n"
        "child.refuse_network()\n"
        "socket.socketpair()\n"
        "for family in (socket.AF_INET, socket.AF_INET6):\n"
        "    try:\n        socket.socket(family)\n"
        "    except PermissionError:\n        print('refused')\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", tried], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.split() == ["refused", "refused"]


def test_should_fail_with_a_reason_when_vepyr_stops(run: Run, plain: str, tmp_path: Path) -> None:
    with pytest.raises(EngineFailed, match=r"\(vepyr\) stopped with an error") as failure:
        run("vepyr", plain, str(tmp_path / "no-cache"), str(tmp_path / "no.fa"), "out.arrow", "-")

    assert "no-cache" in failure.value.detail


def test_should_end_its_process_when_closed() -> None:
    with EngineProcess() as fresh:
        fresh.start()
        process = psutil.Process(pid_of(fresh))

    assert not process.is_running()


def test_should_never_go_back_nor_claim_to_be_done() -> None:
    clock = EngineClock(expected_seconds=0.001)

    shares = [clock.share for _ in range(1000)]

    assert shares == sorted(shares)
    assert shares[-1] < 1


def pid_of(engines: EngineProcess) -> int:
    assert engines._process is not None
    return engines._process.pid
