"""AWS itself: starts and stops the emulator, the PyPI package `ministack`, with IAM enforced."""

import shutil
import sys
import time
from importlib.metadata import version

import httpx

from local.aws.account import ACCOUNT_ID, REGION, SECRET, Account
from local.errors import LocalError
from local.host.checks import check_port
from local.host.folder import REPOSITORY, Folder, search_path
from local.host.processes import SupervisedProcess, tail

MODULE = "local.aws.emulator_process"

START_SECONDS = 60.0
"""The first start byte-compiles the emulator's modules; the usual one takes a second."""

STOP_SECONDS = 20.0
"""For writing the state, between SIGTERM and SIGKILL."""

POLL_SECONDS = 0.05


class Emulator:
    """One emulator on loopback, whose state outlives it.

    Args:
        folder: where its state and its log are.
        port: on which it listens, on 127.0.0.1 alone.
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
            Whether it took up the state of the run before.

        Raises:
            LocalError: the port is in use, or it ended, or didn't answer in time.
        """
        check_port(self._port, "--emulator-port")
        resumed = self._saved.exists()
        if resumed:
            self._saved.unlink()
        else:
            shutil.rmtree(self._folder.state)
            self._folder.make()
        self._process = SupervisedProcess(
            [sys.executable, "-m", MODULE, self._saved],
            env=self._environment(),
            cwd=REPOSITORY,
            log=self.log,
            grace_seconds=STOP_SECONDS,
        )
        self._wait_until_it_answers()
        return resumed

    def stop(self) -> None:
        """Stop, having written the state. Does nothing when it wasn't started."""
        if self._process is not None:
            self._process.stop()

    def require_running(self) -> None:
        """Raise LocalError when it has ended on its own."""
        code = self.process.exit_code
        if code is not None:
            raise LocalError(
                f"The emulator ended with exit code {code} ({self.log}):\n{tail(self.log)}"
            )

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
            # Listeners that nothing here uses; they would open further ports.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            # Where there is a Docker daemon, the emulator would remove containers as it starts.
            "DOCKER_HOST": "unix:///nonexistent",
        }

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        url = f"{self.account.endpoint_url}/_ministack/health"
        while time.monotonic() < deadline:
            if self.process.exit_code is not None:
                raise LocalError(
                    f"The emulator ended as it started ({self.log}):\n{tail(self.log)}"
                )
            try:
                if httpx.get(url, timeout=2).is_success:
                    return
            except httpx.TransportError:
                time.sleep(POLL_SECONDS)
        raise LocalError(
            f"The emulator gave no answer on {self.account.endpoint_url} for {START_SECONDS:.0f} s "
            f"({self.log}):\n{tail(self.log)}"
        )
