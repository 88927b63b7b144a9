"""How groups and alarms stood while a load test ran."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self

LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class GroupSize:
    """A fleet at one time. `running` counts the instances that run, in service or not."""

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
"""Tells how the fleets stand now; None when nobody knows."""


@dataclass(frozen=True)
class History:
    """What was seen, the oldest first."""

    snapshots: tuple[Snapshot, ...] = ()

    def alarms(self, fleets: Iterable[str]) -> list[Alarm]:
        """Return each alarm of these fleets once, as it was seen first."""
        wanted = set(fleets)
        found: dict[tuple[str, str], Alarm] = {}
        for snapshot in self.snapshots:
            for alarm in snapshot.alarms:
                if alarm.group in wanted:
                    found.setdefault((alarm.group, alarm.title), alarm)
        return list(found.values())

    def activities(self, fleets: Iterable[str]) -> list[Activity]:
        """Return the activities of these fleets since the first look, the oldest first."""
        wanted = set(fleets)
        begun = self.snapshots[0].time if self.snapshots else 0.0
        found = {
            activity: None
            for snapshot in self.snapshots
            for activity in snapshot.activities
            if activity.group in wanted and activity.time >= begun
        }
        return sorted(found, key=lambda activity: activity.time)

    def course(self, fleet: str) -> list[int]:
        """Return the capacities that a fleet was told to have, one after the other."""
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
    """Looks again and again while the context lasts, in a thread of its own.

    Args:
        look: tells how the fleets stand; nothing is recorded while it returns None.
        seconds: from look to look.
    """

    def __init__(self, look: Look, seconds: float = LOOK_SECONDS) -> None:
        self._look = look
        self._seconds = seconds
        self._snapshots: list[Snapshot] = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    @property
    def history(self) -> History:
        """What was seen so far."""
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
    """Return the time of a look."""
    return time.time()
