"""EC2: one instance, which is the real user data run in a folder of its own."""

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
"""What an instance has between SIGTERM and SIGKILL, to finish or to hand back what it does."""


class InstanceState(StrEnum):
    """Where an instance stands, in EC2's words."""

    RUNNING = "running"
    SHUTTING_DOWN = "shutting-down"
    TERMINATED = "terminated"


@dataclass(frozen=True)
class InstanceSettings:
    """What an instance is started with.

    `variables` is its AWS access (endpoint, region, where its credentials come from), and the
    address of what stands for Stripe.
    """

    group: str
    instance_id: str
    user_data: str
    variables: dict[str, str]


def new_instance_id() -> str:
    """Return an id of the form that EC2's have."""
    return f"i-{secrets.token_hex(9)[:17]}"


class Instance:
    """One running instance.

    Args:
        folder: where its own folder is made.
        settings: what it runs.
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
        """Where it stands."""
        if self._process.exit_code is not None:
            return InstanceState.TERMINATED
        return InstanceState.SHUTTING_DOWN if self._stopping else InstanceState.RUNNING

    @property
    def was_asked_to_end(self) -> bool:
        """Whether its end was wanted."""
        return self._stopping

    @property
    def process(self) -> SupervisedProcess:
        """What it runs."""
        return self._process

    @property
    def age_seconds(self) -> float:
        """Since it was launched."""
        return time.monotonic() - self._launched

    def terminate(self) -> None:
        """Ask it to end; doesn't wait."""
        self._stopping = True
        self._process.ask_to_stop()

    def wait_terminated(self, grace_seconds: float) -> None:
        """Wait until it has ended: by itself for `grace_seconds`, by SIGKILL then."""
        self._process.stop(grace_seconds)

    def delete_folder(self) -> None:
        """Delete what it kept, as EC2 deletes the volume of an instance. Its log stays."""
        shutil.rmtree(self.root, ignore_errors=True)

    def _boot(self, folder: Folder, settings: InstanceSettings) -> SupervisedProcess:
        home, temporary = self.root / "home", self.root / "tmp"
        for path in (home, temporary):
            path.mkdir(parents=True)
        script = self.root / "user-data"
        script.write_text(settings.user_data)
        return SupervisedProcess(
            ["bash", script],
            # All of it: an instance sees nothing of the environment of the laptop's user.
            env={
                "PATH": search_path(),
                "HOME": str(home),
                "TMPDIR": str(temporary),
                "LANG": "C.UTF-8",
                "UV_CACHE_DIR": str(folder.cache / "uv"),
                "GAS_ROOT": str(self.root),
                **WebConfig.variables(http_port=self.port),
                # The machine may have systemd; its units are not for laptop instances.
                "GAS_FOREGROUND": "1",
                **settings.variables,
            },
            cwd=self.root,
            log=self.log,
            grace_seconds=STOP_SECONDS,
        )


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
