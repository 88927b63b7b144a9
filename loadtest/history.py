"""Records the state of groups and alarms while a load test runs."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self

LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class GroupSize:
    """A fleet's size at one time. `running` counts all running instances, in service or not."""

    name: str
    desired: int
    running: int


@dataclass(frozen=True)
class Alarm:
    """An alarm at one time. `condition` says when it fires."""

    group: str
    title: str
    condition: str
    state: str


@dataclass(frozen=True)
class Activity:
    """A change of a group's desired capacity; `time` in epoch seconds."""

    time: float
    group: str
    capacity_from: int
    capacity_to: int
    cause: str


@dataclass(frozen=True)
class Snapshot:
    """All groups and alarms at `time`, in epoch seconds, and the newest activities."""

    time: float
    groups: tuple[GroupSize, ...]
    alarms: tuple[Alarm, ...]
    activities: tuple[Activity, ...] = ()


Look = Callable[[], Snapshot | None]
"""Returns the current state of the fleets; None where it isn't known."""


@dataclass(frozen=True)
class History:
    """The snapshots, the oldest first."""

    snapshots: tuple[Snapshot, ...] = ()

    def alarms(self, fleets: Iterable[str]) -> list[Alarm]:
        """Return each alarm of these fleets once, from its first snapshot."""
        wanted = set(fleets)
        found: dict[tuple[str, str], Alarm] = {}
        for snapshot in self.snapshots:
            for alarm in snapshot.alarms:
                if alarm.group in wanted:
                    found.setdefault((alarm.group, alarm.title), alarm)
        return list(found.values())

    def activities(self, fleets: Iterable[str]) -> list[Activity]:
        """Return the activities of these fleets since the first snapshot, the oldest first."""
        wanted = set(fleets)
        started = self.snapshots[0].time if self.snapshots else 0.0
        found = {
            activity: None
            for snapshot in self.snapshots
            for activity in snapshot.activities
            if activity.group in wanted and activity.time >= started
        }
        return sorted(found, key=lambda activity: activity.time)

    def desired_capacities(self, fleet: str) -> list[int]:
        """Return a fleet's successive desired capacities."""
        desired = [
            group.desired
            for snapshot in self.snapshots
            for group in snapshot.groups
            if group.name == fleet
        ]
        return [
            capacity
            for number, capacity in enumerate(desired)
            if number == 0 or capacity != desired[number - 1]
        ]


class Recorder:
    """Takes snapshots while the context lasts, in a thread of its own.

    Args:
        look: returns the state of the fleets; None isn't recorded.
        seconds: between two snapshots.
    """

    def __init__(self, look: Look, seconds: float = LOOK_SECONDS) -> None:
        self._look = look
        self._seconds = seconds
        self._snapshots: list[Snapshot] = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    @property
    def history(self) -> History:
        """The snapshots so far."""
        return History(tuple(self._snapshots))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            seen = self._look()
            if seen is not None:
                self._snapshots.append(seen)
            if self._stopped.wait(self._seconds):
                return


def now() -> float:
    """Return the time of a snapshot, in epoch seconds."""
    return time.time()
