"""A worker's child process that makes exports: started when needed, ended when idle."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Self

from runtime.contract.processes import WebConfig
from runtime.web.services.exports.export_request import ExportRequest
from runtime.web.services.exports.maker import Event

SILENT_SECONDS = 60.0
"""The child speaks every second. One that is silent for so long hangs, and is killed."""

END_SECONDS = 10.0


class ExportFailed(Exception):
    """The export can't be made; the text is a sentence for its reader."""


class MakerDied(Exception):
    """The child ended in the middle, or hung."""


@dataclass
class MakerProcess:
    """One child process, or none yet.

    Args:
        environment: of the child.
    """

    environment: dict[str, str]
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    _connection: Connection | None = field(default=None, init=False)

    @classmethod
    def of(cls, config: WebConfig) -> Self:
        """Return one whose child has these settings, and this process's way to AWS."""
        return cls({**os.environ, **config.to_variables()})

    def make(self, request: ExportRequest, on_percent: Callable[[int | None], None]) -> None:
        """Have the child make an export.

        Args:
            on_percent: called every second with how far it is.

        Raises:
            ExportFailed, MakerDied: see there.
        """
        connection = self._started()
        try:
            connection.send_bytes(request.model_dump_json().encode())
            while connection.poll(SILENT_SECONDS):
                event = Event.model_validate_json(connection.recv_bytes())
                if event.error is not None:
                    raise ExportFailed(event.error)
                if event.ended:
                    return
                on_percent(event.percent)
        except (EOFError, OSError) as error:
            raise MakerDied(f"exit code {self._kill()}") from error
        self._kill()
        raise MakerDied(f"silent for {SILENT_SECONDS:.0f} s")

    def end(self) -> None:
        """End the child, which has nothing to do."""
        if self._process is None or self._connection is None:
            return
        self._connection.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._kill()
        self._process = self._connection = None

    def _started(self) -> Connection:
        if self._process is not None and self._process.poll() is None and self._connection:
            return self._connection
        ours, theirs = Pipe()
        with theirs:
            command = [sys.executable, "-m", "runtime.web.services.exports.maker"]
            self._process = subprocess.Popen(
                [*command, str(theirs.fileno())],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self._connection = ours
        return ours

    def _kill(self) -> int | None:
        if self._process is None:
            return None
        self._process.kill()
        code = self._process.wait()
        self._process = self._connection = None
        return code
