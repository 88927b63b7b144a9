"""The benchmark of limits: its files are what they say, its readers are slow, it ends in order."""

import gzip
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from bench import hostile_files
from bench.hostile_files import FILES, HostileFile
from bench.slow_readers import Request, slow_readers
from tests.waiting import wait_until

SMALL = {
    "RECORDS": 100,
    "NAMES": 5,
    "HEADER_LINES": 20_000,
    "KEYS": 1_000,
    "SAMPLES": 50,
    "ALTS": 20,
}


@pytest.mark.parametrize("file", FILES, ids=[file.title for file in FILES])
def test_should_be_a_vcf_when_a_hostile_file_is_written(
    file: HostileFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SMALL.items():
        monkeypatch.setattr(hostile_files, name, value)
    path = tmp_path / "hostile.vcf.gz"
    file.write(path)
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    [columns] = [line.split("\t") for line in lines if line.startswith("#CHROM")]
    records = [line.split("\t") for line in lines if not line.startswith("#")]
    assert lines[0] == "##fileformat=VCFv4.2"
    assert records
    assert {len(record) for record in records} == {len(columns)}


def test_should_take_a_few_bytes_a_second_when_a_reader_is_slow() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with slow_readers([Request(f"http://127.0.0.1:{port}/x?y=1", {"Cookie": "a=b"})]):
            connection, _ = server.accept()
            with connection:
                asked = connection.recv(4096).decode()
                connection.settimeout(2)
                with pytest.raises(TimeoutError):
                    connection.sendall(bytes(64 * 2**20))
    assert asked.startswith("GET /x?y=1 HTTP/1.1\r\nHost: ")
    assert "\r\nCookie: a=b\r\n\r\n" in asked


ENDED = """
import sys
from typer.testing import CliRunner
import bench.limits
from bench import commands
from bench.measure import measure

def run(*args, **kwargs):
    print("begun", flush=True)
    measure([sys.executable, "-c", "import time; time.sleep(600.125)"])

bench.limits.bench_limits = run
commands.bench(["limits"])
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_should_leave_no_process_when_a_benchmark_gets_a_signal(number: signal.Signals) -> None:
    command = [sys.executable, "-c", ENDED]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"begun\n"
        started = psutil.Process(process.pid)
        wait_until(lambda: bool(started.children()), "it has started a process", 30)
        children = started.children()
        process.send_signal(number)
        process.wait(30)
    assert [child for child in children if child.is_running()] == []
