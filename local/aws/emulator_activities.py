"""Auto Scaling's DescribeScalingActivities: the emulator, which scales nothing, answers none.

The activities are those that local/aws/autoscaling and `./gas up` wrote into a file.
"""

from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

from ministack.services import autoscaling  # type: ignore[import-untyped]

from local.aws.autoscaling.activities import Activities, Activity
from local.aws.cdk import STAGE

Answer = tuple[int, dict[str, str], bytes]

MOST = 100
"""The most that one answer has.
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeScalingActivities.html"""


def show_activities(file: Path) -> None:
    """Patch the emulator in this process before it runs."""
    autoscaling._ACTION_MAP["DescribeScalingActivities"] = describing(Activities(file))  # noqa: SLF001


def describing(activities: Activities) -> Callable[[dict[str, str]], Answer]:
    """Return the call's handler: the activities of a group, the latest first."""

    def handle(params: dict[str, str]) -> Answer:
        name = params.get("AutoScalingGroupName", "")
        found = [
            each
            for each in reversed(activities.read())
            if name.startswith(f"gas-{STAGE}-{each.group}-")
        ]
        members = "".join(
            _member(each, name) for each in found[: int(params.get("MaxRecords", MOST))]
        )
        answer: Answer = autoscaling._xml(  # noqa: SLF001
            200,
            "DescribeScalingActivitiesResponse",
            f"<DescribeScalingActivitiesResult><Activities>{members}</Activities>"
            "</DescribeScalingActivitiesResult>",
        )
        return answer

    return handle


def _member(activity: Activity, group_name: str) -> str:
    what = f"Desired capacity from {activity.capacity_from} to {activity.capacity_to}"
    facts = {
        "ActivityId": activity.time.isoformat(),
        "AutoScalingGroupName": group_name,
        "Description": what,
        "Cause": activity.cause,
        "StartTime": activity.time.isoformat(),
        "StatusCode": "Successful",
        "Progress": "100",
    }
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in facts.items())
    return f"<member>{inner}</member>"
