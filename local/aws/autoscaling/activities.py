"""Auto Scaling: the activities of all groups, with their causes."""

from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

SHOWN = 20
"""How many of the newest activities a run shows."""


class Activity(BaseModel):
    """A change of a group's desired capacity."""

    model_config = ConfigDict(frozen=True)

    time: datetime
    group: str
    capacity_from: int
    capacity_to: int
    cause: str


class Activities:
    """The activities in a file: one JSON object per line, the oldest first."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def add(self, activity: Activity) -> None:
        """Append an activity."""
        with self._file.open("a", encoding="utf-8") as file:
            file.write(activity.model_dump_json() + "\n")

    def read(self) -> list[Activity]:
        """Return all activities, the oldest first."""
        if not self._file.exists():
            return []
        lines = self._file.read_text(encoding="utf-8").splitlines()
        return [Activity.model_validate_json(line) for line in lines]
