"""Auto Scaling: the activities of all groups, with their causes."""

from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

SHOWN = 20
"""The newest, of which a run tells."""


class Activity(BaseModel):
    """A change of a group's desired capacity."""

    model_config = ConfigDict(frozen=True)

    time: datetime
    group: str
    capacity_from: int
    capacity_to: int
    cause: str


class History:
    """The activities, kept in a file: a line each, the oldest first."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def add(self, activity: Activity) -> None:
        """Note one more."""
        with self._file.open("a", encoding="utf-8") as file:
            file.write(activity.model_dump_json() + "\n")

    def activities(self) -> list[Activity]:
        """Return all of them."""
        if not self._file.exists():
            return []
        lines = self._file.read_text(encoding="utf-8").splitlines()
        return [Activity.model_validate_json(line) for line in lines]
