"""Instances and scaling activities, as the emulator answers them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from local.aws.account import Account
from local.aws.autoscaling.activities import Activities, Activity
from local.aws.ec2.group_instances import GroupInstances
from local.aws.ec2.instance import InstanceState, free_port
from local.aws.ec2.instance_list import InstanceList
from local.aws.emulator import Emulator
from local.host.folder import Folder


@contextmanager
def running_emulator(folder: Folder) -> Iterator[Account]:
    folder.make()
    emulator = Emulator(folder, free_port())
    emulator.start()
    try:
        yield emulator.account
    finally:
        emulator.stop()


def test_should_answer_what_runs_and_what_was_scaled_when_it_is_asked(tmp_path: Path) -> None:
    folder = Folder(root=tmp_path / "gas", cache=tmp_path / "cache")
    name = "gas-local-web-WebGroupASG-1"
    with running_emulator(folder) as account:
        activities = Activities(folder.activities_file)
        for minute, group in enumerate(("web", "annotator", "web")):
            activities.add(
                Activity(
                    time=datetime(2026, 11, 22, 13, minute, tzinfo=UTC),
                    group=group,
                    capacity_from=2,
                    capacity_to=3,
                    cause=f"<b>cause</b> {minute}",
                )
            )
        client = account.client("autoscaling")
        [found] = client.describe_scaling_activities(AutoScalingGroupName=name, MaxRecords=1)[
            "Activities"
        ]
        client.create_auto_scaling_group(
            AutoScalingGroupName=name, MinSize=1, MaxSize=4, DesiredCapacity=2
        )
        client.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=3)
        states = {"i-1": InstanceState.RUNNING, "i-2": InstanceState.SHUTTING_DOWN}
        members = SimpleNamespace(
            group=SimpleNamespace(name=name),
            instances=[SimpleNamespace(id=each, state=state) for each, state in states.items()],
        )
        InstanceList(folder.instances_file).write([cast("GroupInstances", members)], {"i-2"})
        [described] = client.describe_auto_scaling_groups()["AutoScalingGroups"]

    assert [
        (each["InstanceId"], each["LifecycleState"], each["HealthStatus"])
        for each in described["Instances"]
    ] == [("i-1", "InService", "Healthy"), ("i-2", "Terminating", "Unhealthy")]
    assert found["Cause"] == "<b>cause</b> 2"
    assert found["StartTime"] == datetime(2026, 11, 22, 13, 2, tzinfo=UTC)
    assert found["Description"] == "Desired capacity from 2 to 3"
