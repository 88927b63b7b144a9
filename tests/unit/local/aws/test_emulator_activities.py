"""Scaling activities, as the emulator answers them."""

from datetime import UTC, datetime
from pathlib import Path

from local.aws.autoscaling.activities import Activities, Activity
from local.aws.ec2.instance import free_port
from local.aws.emulator import Emulator
from local.host.folder import Folder


def test_should_answer_a_groups_activities_when_they_are_asked_for(tmp_path: Path) -> None:
    folder = Folder(root=tmp_path / "gas", cache=tmp_path / "cache")
    folder.make()
    emulator = Emulator(folder, free_port())
    emulator.start()
    try:
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
        answer = emulator.account.client("autoscaling").describe_scaling_activities(
            AutoScalingGroupName="gas-local-web-WebGroupASG-1", MaxRecords=1
        )
    finally:
        emulator.stop()

    [found] = answer["Activities"]
    assert found["Cause"] == "<b>cause</b> 2"
    assert found["StartTime"] == datetime(2026, 11, 22, 13, 2, tzinfo=UTC)
    assert found["Description"] == "Desired capacity from 2 to 3"
