"""The load generator wrk: its one thread in C is fast enough to measure the server, not itself.

https://github.com/wg/wrk
"""

import json
import os
import resource
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from local.errors import LocalError

SCRIPT = Path(__file__).parent / "report_wrk.lua"
SPARE_SECONDS = 30.0
INSTALL_SECONDS = 300.0

HOW_TO = "Install the load generator wrk (Debian: apt-get install wrk) and try again."


class Load(BaseModel):
    """The result of a run. `generator_share` is the part of one core that wrk itself used."""

    model_config = ConfigDict(frozen=True)

    requests_a_second: float
    p95_milliseconds: float
    generator_share: float


@dataclass(frozen=True)
class Wrk:
    """The settings of the load."""

    program: str
    connections: int
    seconds: int

    def run(self, url: str) -> Load:
        """Request `url` as often as the server can answer.

        Raises:
            LocalError: a request failed.
        """
        command = [
            *(self.program, "--threads", "1", "--connections", str(self.connections)),
            *("--duration", f"{self.seconds}s", "--timeout", "10s", "--script", str(SCRIPT), url),
        ]
        before, began = _children_seconds(), time.monotonic()
        try:
            ran = subprocess.run(
                command,
                capture_output=True,
                text=True,
                check=True,
                timeout=self.seconds + SPARE_SECONDS,
            )
        except subprocess.SubprocessError as error:
            raise LocalError(f"wrk failed on {url}: {error}") from error
        share = (_children_seconds() - before) / (time.monotonic() - began)
        found = json.loads(ran.stdout.splitlines()[-1])
        if found["errors"]:
            raise LocalError(f"{url}: {found['errors']} of {found['requests']} requests failed.")
        return Load(
            requests_a_second=found["requests"] / found["microseconds"] * 1e6,
            p95_milliseconds=found["p95_microseconds"] / 1000,
            generator_share=share,
        )


def find_wrk() -> str:
    """Return the path of wrk; install Debian's package if it is missing and that is possible.

    Raises:
        LocalError: it is missing and can't be installed.
    """
    if shutil.which("wrk") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["apt-get", "update"], ["apt-get", "install", "--yes", "wrk"]):
            subprocess.run(command, capture_output=True, timeout=INSTALL_SECONDS, check=False)
    found = shutil.which("wrk")
    if found is None:
        raise LocalError(HOW_TO)
    return found


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
