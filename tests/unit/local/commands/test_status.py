"""What `./gas status` shows of the scaling."""

import io
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from local.aws.autoscaling.activities import Activities, Activity
from local.commands.status import show_status
from local.host.run_state import AlarmRecord, GroupRecord, ProcessRecord, Run, ScalingRecord

ACTIVITY = Activity(
    time=datetime(2026, 11, 22, 13, 17, 24, tzinfo=UTC),
    group="annotator",
    capacity_from=2,
    capacity_to=3,
    cause="alarm high in ALARM at 14: Sum of X > 10 over 300 s",
)


def shown(scaling: ScalingRecord, *, width: int = 200) -> str:
    console = Console(file=io.StringIO(), width=width)
    run = Run(
        up=ProcessRecord(pid=1, start_time=0),
        site_url="http://s",
        endpoint_url="http://e",
        ready=True,
        scaling=scaling,
    )
    show_status(run, console)
    assert isinstance(console.file, io.StringIO)
    return " ".join(console.file.getvalue().split())


def test_should_show_alarms_capacity_and_causes_when_groups_scale() -> None:
    said = shown(
        ScalingRecord(
            time_scale=20,
            groups=(GroupRecord(group="annotator", minimum=2, maximum=10, desired=3, running=2),),
            alarms=(
                AlarmRecord(
                    group="annotator", title="high", state="ALARM", value=14, condition="X > 10"
                ),
                AlarmRecord(
                    group="web", title="low", state="INSUFFICIENT_DATA", value=None, condition="Y"
                ),
            ),
            activities=(ACTIVITY,),
        )
    )

    assert "Scaling, 20 times as fast" in said
    assert "annotator 3 2 2 10" in said
    assert "annotator ALARM 14 high X > 10" in said
    assert "web INSUFFICIENT_DATA low Y" in said
    assert f"2026-11-22 13:17:24Z annotator: 2 -> 3, {ACTIVITY.cause}" in said


def test_should_leave_the_names_of_alarms_whole_when_a_terminal_is_narrow() -> None:
    alarm = AlarmRecord(
        group="annotator",
        title="sqs-msg-received-below-5-for-2min",
        state="INSUFFICIENT_DATA",
        value=None,
        condition="Sum of NumberOfMessagesSent < 5 over 60 s, 2 of 2 times",
    )

    said = shown(ScalingRecord(time_scale=1, groups=(), alarms=(alarm,), activities=()), width=80)

    assert f"{alarm.title} Sum of NumberOfMessagesSent" in said


def test_should_say_so_when_there_was_no_activity() -> None:
    said = shown(ScalingRecord(time_scale=1, groups=(), alarms=(), activities=()))

    assert "No activities yet" in said
    assert "times as fast" not in said


def test_should_keep_activities_when_another_run_reads_them(tmp_path: Path) -> None:
    file = tmp_path / "activities.jsonl"
    assert Activities(file).read() == []

    Activities(file).add(ACTIVITY)
    Activities(file).add(ACTIVITY.model_copy(update={"capacity_to": 4}))

    assert [activity.capacity_to for activity in Activities(file).read()] == [3, 4]
    assert Activities(file).read()[0] == ACTIVITY
