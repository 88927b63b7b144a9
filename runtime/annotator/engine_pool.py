"""Several processes for the engines, so that all cores of an instance work on one job."""

from queue import LifoQueue
from typing import Self

from runtime.annotator.engine_process import Command, CommandRun, EngineProcess
from runtime.annotator.machine import engine_count


class EnginePool:
    """Runs as many commands at a time as it has processes; each starts at its first command.

    Use as a context manager, or call `close`.

    Args:
        size: how many processes; as many as the machine can run, if None.

    Attributes:
        size: how many processes.
    """

    def __init__(self, size: int | None = None) -> None:
        self.size = size or engine_count()
        self._all = [EngineProcess() for _ in range(self.size)]
        # The last one used comes first: a small job needs one process, which then runs already.
        self._idle: LifoQueue[EngineProcess] = LifoQueue()
        for process in reversed(self._all):
            self._idle.put(process)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the first process now, so that the first command needn't wait for it."""
        self._all[0].start()

    def close(self) -> None:
        """Kill all processes and what they run."""
        for process in self._all:
            process.close()

    def run(self, command: Command) -> CommandRun:
        """Run one command in a process that is idle: see EngineProcess.run."""
        process = self._idle.get()
        try:
            return process.run(command)
        finally:
            self._idle.put(process)
