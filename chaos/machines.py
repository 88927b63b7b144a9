"""The platform's processes on this machine, to kill and to stop: found by their command lines."""

import contextlib
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from local.errors import LocalError
from local.host.processes import SUPERVISOR, Identity

USER_DATA = "user-data"
EMULATOR = "local.aws.emulator_process"
"""What the emulator's process is started as: see local/aws/emulator.py."""


@dataclass(frozen=True)
class Machine:
    """An instance: its group, its folder and its supervisor."""

    group: str
    root: Path
    supervisor: psutil.Process

    @property
    def age_seconds(self) -> float:
        """Seconds since its launch."""
        return time.time() - self.supervisor.create_time()

    def processes(self) -> list[psutil.Process]:
        """All that runs on it, without its supervisor."""
        with contextlib.suppress(psutil.NoSuchProcess):
            return self.supervisor.children(recursive=True)
        return []

    def process(self, name: str) -> psutil.Process | None:
        """The process with a name such as `annotator`; None where it isn't running (yet)."""
        wanted = ["runtime.retention", name] if name == "archive" else [f"runtime.{name}"]
        for each in self.processes():
            if _command(each)[-len(wanted) :] == wanted:
                return each
        return None


@dataclass
class Machines:
    """All instances of a platform, and its emulator.

    Attributes:
        root_pid: the process that runs the platform: `./gas up`.
        killed: every process that ran on an instance at the moment of a kill.
    """

    root_pid: int
    killed: list[Identity]

    @classmethod
    def of(cls, root_pid: int) -> "Machines":
        """The instances of the platform that a process runs."""
        return cls(root_pid, [])

    def of_group(self, group: str) -> list[Machine]:
        """The group's running instances, the oldest first."""
        found = [each for each in self.all() if each.group == group]
        return sorted(found, key=lambda each: -each.age_seconds)

    def all(self) -> list[Machine]:
        """The running instances of all groups."""
        return [
            Machine(root.name.rpartition("-i-")[0], root, process)
            for process in psutil.Process(self.root_pid).children()
            if (root := _instance_folder(_command(process))) is not None
        ]

    def kill_process(self, machine: Machine, name: str) -> bool:
        """Kill one process of an instance by SIGKILL; return whether it ran."""
        process = machine.process(name)
        if process is None:
            return False
        self._note(machine)
        return _kill(process)

    def kill_all(self, machine: Machine) -> None:
        """Kill everything on an instance at once, as a failure of its host does."""
        self._note(machine)
        for process in machine.processes():
            _kill(process)

    def left_over(self) -> list[Identity]:
        """Processes that outlived the kill of their instance."""
        return [each for each in self.killed if each.alive]

    @property
    def emulator(self) -> psutil.Process:
        """The emulator's process.

        Raises:
            LocalError: there is none.
        """
        for process in psutil.Process(self.root_pid).children(recursive=True):
            command = _command(process)
            if EMULATOR in command and str(SUPERVISOR) not in command:
                return process
        raise LocalError("The platform's emulator isn't running. Check it: ./gas status")

    @contextlib.contextmanager
    def stopped_emulator(self) -> Iterator[None]:
        """Stop the emulator while the context lasts: connections to it open, and get no answer."""
        emulator = self.emulator
        emulator.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            emulator.send_signal(signal.SIGCONT)

    def resume_emulator(self) -> None:
        """Let it run again, where a run that was killed has left it stopped."""
        self.emulator.send_signal(signal.SIGCONT)

    def _note(self, machine: Machine) -> None:
        found = (Identity.of(process.pid) for process in machine.processes())
        self.killed += [identity for identity in found if identity is not None]


def _kill(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.kill()
        return True
    return False


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []


def _instance_folder(command: list[str]) -> Path | None:
    """The instance's folder, of a supervisor that runs user data."""
    if str(SUPERVISOR) not in command or Path(command[-1]).name != USER_DATA:
        return None
    return Path(command[-1]).parent
