"""The run file: how a run describes itself to `status`, `mail`, `submit` and `down`."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from local.aws.autoscaling.activities import Activity
from local.errors import LocalError
from local.host.folder import Folder
from local.host.processes import Identity


class ProcessRecord(BaseModel):
    """A process that the run started."""

    model_config = ConfigDict(frozen=True)

    pid: int
    start_time: float

    @property
    def identity(self) -> Identity:
        """Distinguishes it from a later process with the same id."""
        return Identity(self.pid, self.start_time)


class InstanceRecord(BaseModel):
    """An instance of the run."""

    model_config = ConfigDict(frozen=True)

    group: str
    instance_id: str
    state: str
    port: int
    health: str
    """Its state in the load balancer; empty for instances without one."""


class AlarmRecord(BaseModel):
    """An alarm that scales a group, with its last evaluation."""

    model_config = ConfigDict(frozen=True)

    group: str
    title: str
    state: str
    value: float | None
    condition: str


class GroupRecord(BaseModel):
    """A group's bounds, its desired capacity and its running instances."""

    model_config = ConfigDict(frozen=True)

    group: str
    minimum: int
    maximum: int
    desired: int
    running: int


class ScalingRecord(BaseModel):
    """The state of scaling. `activities` are the newest ones, the oldest of them first."""

    model_config = ConfigDict(frozen=True)

    time_scale: int
    groups: tuple[GroupRecord, ...]
    alarms: tuple[AlarmRecord, ...]
    activities: tuple[Activity, ...]


class Run(BaseModel):
    """A run of the laptop cloud."""

    model_config = ConfigDict(frozen=True)

    up: ProcessRecord
    site_url: str
    endpoint_url: str
    ready: bool = False
    instances: tuple[InstanceRecord, ...] = ()
    problems: tuple[str, ...] = ()
    processes: tuple[ProcessRecord, ...] = ()
    scaling: ScalingRecord | None = None
    traces_url: str | None = None
    """Of what keeps its traces, if it keeps any."""

    def write(self, folder: Folder) -> None:
        """Replace the run file."""
        part = folder.run_file.with_suffix(".part")
        part.write_text(self.model_dump_json(indent=1))
        part.replace(folder.run_file)


def read_run(folder: Folder) -> Run | None:
    """Return the last run, which may have ended; None when there is no run file."""
    try:
        return Run.model_validate_json(folder.run_file.read_text())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise LocalError(
            f"{folder.run_file} can't be read. Delete it once no `./gas up` runs."
        ) from error


def running(folder: Folder) -> Run | None:
    """Return the current run; None when nothing runs."""
    run = read_run(folder)
    return run if run is not None and run.up.identity.alive else None


def require_running(folder: Folder) -> Run:
    """Return the current run.

    Raises:
        LocalError: nothing runs.
    """
    run = running(folder)
    if run is None:
        raise LocalError("The platform isn't running. Start it: ./gas up")
    return run


@contextmanager
def only_run(folder: Folder) -> Iterator[None]:
    """Hold the lock of `up`; the system releases it however the process ends.

    Raises:
        LocalError: another `up` holds it.
    """
    with lock_file(folder.lock_file) as descriptor:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            run = running(folder)
            who = f"process {run.up.pid}, {run.site_url}" if run else "it is still starting"
            raise LocalError(
                f"The platform is already running ({who}). Use it, or stop it first: ./gas down"
            ) from error
        yield


@contextmanager
def lock_file(path: Path) -> Iterator[int]:
    """Open a file for locking; child processes don't inherit it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
