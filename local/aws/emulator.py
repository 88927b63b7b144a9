"""Starts and stops the AWS emulator, the PyPI package `ministack`, with IAM enforced."""

import logging
import shutil
import sys
import time
from importlib.metadata import version
from pathlib import Path

import httpx

from local.aws.account import ACCOUNT_ID, REGION, SECRET, Account
from local.aws.outbox import keep_outbox
from local.errors import LocalError
from local.host.checks import check_port
from local.host.folder import REPOSITORY, Folder, search_path
from local.host.processes import SupervisedProcess, tail

log = logging.getLogger(__name__)

MODULE = "local.aws.emulator_process"

START_SECONDS = 60.0
"""The first start compiles the emulator's modules; later ones take a second."""

STOP_SECONDS = 20.0
"""Between SIGTERM and SIGKILL, for writing the state."""

POLL_SECONDS = 0.05


class Emulator:
    """One emulator, whose state is kept for the next one.

    Args:
        folder: where its state and its log are.
        port: of 127.0.0.1, where it listens.
    """

    def __init__(self, folder: Folder, port: int) -> None:
        self.account = Account(f"http://127.0.0.1:{port}")
        self._folder = folder
        self._port = port
        self._saved = folder.state / f"saved-by-ministack-{version('ministack')}"
        self._process: SupervisedProcess | None = None
        self.log = folder.logs / "emulator.log"

    @property
    def process(self) -> SupervisedProcess:
        """The running process."""
        if self._process is None:
            raise RuntimeError("the emulator has not been started")
        return self._process

    def start(self) -> bool:
        """Start, and wait until it answers.

        Returns:
            Whether it uses the state of the last run.

        Raises:
            LocalError: the port is in use, the emulator ended, or it didn't answer in time.
        """
        check_port(self._port, "--emulator-port")
        resumed = self._saved.exists()
        if resumed:
            self._saved.unlink()
            self._folder.outbox_file.unlink(missing_ok=True)
        else:
            shutil.rmtree(self._folder.state)
            self._folder.make()
        self._process = SupervisedProcess(
            [sys.executable, "-m", MODULE, self._saved, *self._files()],
            env=self._environment(),
            cwd=REPOSITORY,
            log=self.log,
            grace_seconds=STOP_SECONDS,
        )
        self._wait_until_it_answers()
        return resumed

    def stop(self) -> None:
        """Write the state and the sent emails, and stop. Does nothing if it wasn't started."""
        if self._process is None:
            return
        try:
            if self._process.exit_code is None:
                keep_outbox(self.account, self._folder.outbox_file)
        except LocalError as error:
            log.warning("the sent emails are lost: %s", error)
        finally:
            self._process.stop()

    def require_running(self) -> None:
        """Raise LocalError if it has ended by itself."""
        code = self.process.exit_code
        if code is not None:
            raise LocalError(
                f"The emulator ended with exit code {code} ({self.log}):\n{tail(self.log)}"
            )

    def _files(self) -> tuple[Path, Path]:
        """Where it finds the instances that run, and the scaling activities."""
        return self._folder.instances_file, self._folder.activities_file

    def _environment(self) -> dict[str, str]:
        state = self._folder.state
        return {
            "PATH": search_path(),
            "HOME": str(self._folder.home),
            "TMPDIR": str(self._folder.temporary),
            "PYTHONUNBUFFERED": "1",
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self._port),
            "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
            "MINISTACK_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ACCOUNT_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "PERSIST_STATE": "1",
            "STATE_DIR": str(state / "services"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(state / "s3"),
            # Nothing here uses these listeners; they would open further ports.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            # With a Docker daemon, the emulator would remove containers when it starts.
            "DOCKER_HOST": "unix:///nonexistent",
        }

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        url = f"{self.account.endpoint_url}/_ministack/health"
        while time.monotonic() < deadline:
            if self.process.exit_code is not None:
                raise LocalError(
                    f"The emulator ended while starting ({self.log}):\n{tail(self.log)}"
                )
            try:
                if httpx.get(url, timeout=2).is_success:
                    return
            except httpx.TransportError:
                time.sleep(POLL_SECONDS)
        raise LocalError(
            f"The emulator didn't answer at {self.account.endpoint_url} within "
            f"{START_SECONDS:.0f} s ({self.log}):\n{tail(self.log)}"
        )
