"""What Auto Scaling answers about instances and activities.

ministack 1.5.33 makes up instances for some groups, has none for those that CloudFormation made,
and knows no activities. The instances are those that local/aws/ec2 runs, the activities those of
local/aws/autoscaling. Both are in files.
"""

from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

from ministack.services import autoscaling

from local.aws.autoscaling.activities import Activities, Activity
from local.aws.cdk import STAGE
from local.aws.ec2.instance_list import InstanceList

Answer = tuple[int, dict[str, str], bytes]
Handler = Callable[[dict[str, str]], Answer]

MOST = 100
"""The most that one answer has.
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeScalingActivities.html"""


def show_instances_and_activities(instances: Path, activities: Path) -> None:
    """Patch the emulator in this process before it runs. The arguments are the files."""
    handlers = autoscaling._ACTION_MAP
    handlers["DescribeScalingActivities"] = describing(Activities(activities))
    handlers["DescribeAutoScalingGroups"] = listing(
        handlers["DescribeAutoScalingGroups"], InstanceList(instances)
    )
    autoscaling._reconcile_instances = lambda _group: None


def listing(describe: Handler, instances: InstanceList) -> Handler:
    """Return DescribeAutoScalingGroups, which then has the instances that run."""

    def handle(params: dict[str, str]) -> Answer:
        found = instances.read()
        for name, group in autoscaling._asgs.items():
            zones = group["AvailabilityZones"]
            group["Instances"] = [
                {
                    "InstanceId": each.instance_id,
                    "LifecycleState": each.state,
                    "HealthStatus": each.health,
                    "AvailabilityZone": zones[place % len(zones)],
                    "ProtectedFromScaleIn": False,
                }
                for place, each in enumerate(one for one in found if one.group_name == name)
            ]
        return describe(params)

    return handle


def describing(activities: Activities) -> Handler:
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
        answer: Answer = autoscaling._xml(
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
