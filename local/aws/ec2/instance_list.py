"""The instances of all groups in a file, for what the emulator answers about Auto Scaling."""

from collections.abc import Collection, Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from local.aws.ec2.group_instances import GroupInstances
from local.aws.ec2.instance import InstanceState

STATES = {InstanceState.RUNNING: "InService", InstanceState.SHUTTING_DOWN: "Terminating"}
"""Auto Scaling's words; an instance that has ended isn't listed."""


class ListedInstance(BaseModel):
    """An instance, in Auto Scaling's words for its state and its health."""

    model_config = ConfigDict(frozen=True)

    group_name: str
    instance_id: str
    state: str
    health: str


_LIST = TypeAdapter(tuple[ListedInstance, ...])


class InstanceList:
    """The file. It is written by the process that has the instances, and read by the emulator."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._written: bytes | None = None

    def write(self, groups: Iterable[GroupInstances], unhealthy: Collection[str]) -> None:
        """Write the instances, if they have changed."""
        listed = tuple(
            ListedInstance(
                group_name=members.group.name,
                instance_id=instance.id,
                state=STATES[instance.state],
                health="Unhealthy" if instance.id in unhealthy else "Healthy",
            )
            for members in groups
            for instance in members.instances
            if instance.state in STATES
        )
        written = _LIST.dump_json(listed)
        if written != self._written:
            part = self._file.with_suffix(".part")
            part.write_bytes(written)
            part.replace(self._file)
            self._written = written

    def read(self) -> tuple[ListedInstance, ...]:
        """Return the instances; none before the first were launched."""
        return _LIST.validate_json(self._file.read_bytes()) if self._file.exists() else ()
