"""EC2: an instance is a process that runs the real user data in a folder of its own."""

import secrets
import shutil
import socket
import time
from dataclasses import dataclass
from enum import StrEnum

from local.host.folder import Folder, search_path
from local.host.processes import SupervisedProcess
from runtime.contract.processes import WebConfig

STOP_SECONDS = 30.0
"""Between SIGTERM and SIGKILL, for an instance to finish its work or to hand it back."""


class InstanceState(StrEnum):
    """The state of an instance, as EC2 names it."""

    RUNNING = "running"
    SHUTTING_DOWN = "shutting-down"
    TERMINATED = "terminated"


@dataclass(frozen=True)
class InstanceSettings:
    """The settings of a new instance.

    `variables` are environment variables: its AWS access (endpoint, region, address of its
    credentials), and the address of the Stripe stand-in.
    """

    group: str
    instance_id: str
    user_data: str
    variables: dict[str, str]


def new_instance_id() -> str:
    """Return a new id in the form of EC2's ids."""
    return f"i-{secrets.token_hex(9)[:17]}"


class Instance:
    """One running instance.

    Args:
        folder: where its own folder and its log are.
        settings: its settings.
    """

    def __init__(self, folder: Folder, settings: InstanceSettings) -> None:
        self.id = settings.instance_id
        self.group = settings.group
        self.port = free_port()
        self.root = folder.instances / f"{settings.group}-{settings.instance_id}"
        self.log = folder.logs / f"{settings.group}-{settings.instance_id}.log"
        self._launched = time.monotonic()
        self._stopping = False
        self._process = self._boot(folder, settings)

    @property
    def state(self) -> InstanceState:
        """Its state."""
        if self._process.exit_code is not None:
            return InstanceState.TERMINATED
        return InstanceState.SHUTTING_DOWN if self._stopping else InstanceState.RUNNING

    @property
    def was_asked_to_end(self) -> bool:
        """Whether it was terminated rather than ended by itself."""
        return self._stopping

    @property
    def process(self) -> SupervisedProcess:
        """The process."""
        return self._process

    @property
    def age_seconds(self) -> float:
        """Seconds since its launch."""
        return time.monotonic() - self._launched

    def terminate(self) -> None:
        """Ask it to end, without waiting."""
        self._stopping = True
        self._process.ask_to_stop()

    def wait_terminated(self, grace_seconds: float) -> None:
        """Wait until it has ended; after `grace_seconds` by SIGKILL."""
        self._process.stop(grace_seconds)

    def delete_folder(self) -> None:
        """Delete its folder, as EC2 deletes an instance's volume. The log is kept."""
        shutil.rmtree(self.root, ignore_errors=True)

    def _boot(self, folder: Folder, settings: InstanceSettings) -> SupervisedProcess:
        home, temporary = self.root / "home", self.root / "tmp"
        for path in (home, temporary):
            path.mkdir(parents=True)
        script = self.root / "user-data"
        script.write_text(settings.user_data)
        return SupervisedProcess(
            ["bash", script],
            # The whole environment: an instance sees no variable of the laptop's user.
            env={
                "PATH": search_path(),
                "HOME": str(home),
                "TMPDIR": str(temporary),
                "LANG": "C.UTF-8",
                "UV_CACHE_DIR": str(folder.cache / "uv"),
                "GAS_ROOT": str(self.root),
                **WebConfig.variables(http_port=self.port),
                # Don't start systemd units, even if the machine has systemd.
                "GAS_FOREGROUND": "1",
                **settings.variables,
            },
            cwd=self.root,
            log=self.log,
            grace_seconds=STOP_SECONDS,
        )


def free_port() -> int:
    """Return a free port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
