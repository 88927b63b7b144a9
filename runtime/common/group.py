"""The Auto Scaling group that this instance belongs to, and what it may be told."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from runtime.common.instance import Metadata

if TYPE_CHECKING:
    from mypy_boto3_autoscaling import AutoScalingClient


class NotInGroupError(Exception):
    """This instance belongs to no group."""


@dataclass(frozen=True)
class InstanceInGroup:
    """This instance, as its group knows it."""

    autoscaling: "AutoScalingClient"
    metadata: Metadata

    def protect(self, protected: bool) -> None:
        """Have scale-in spare this instance, or no longer.

        https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-protection.html
        """
        self.autoscaling.set_instance_protection(
            AutoScalingGroupName=self._group,
            InstanceIds=[self._id],
            ProtectedFromScaleIn=protected,
        )

    def is_ending(self) -> bool:
        """Whether the group may have no instance any more, as when CloudFormation deletes it.

        CloudFormation first sets its sizes to 0, and waits for the last instance to end.
        https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteAutoScalingGroup.html
        """
        found = self.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[self._group])
        return all(group["MaxSize"] == 0 for group in found["AutoScalingGroups"])

    def complete_termination(self, hook: str, *, drained: bool) -> None:
        """Let the group go on terminating this instance, for which it waits.

        Args:
            hook: name of the group's lifecycle hook.
            drained: whether the processes ended as they should; both results terminate, and
                ABANDON runs no further hook.
        """
        self.autoscaling.complete_lifecycle_action(
            LifecycleHookName=hook,
            AutoScalingGroupName=self._group,
            InstanceId=self._id,
            LifecycleActionResult="CONTINUE" if drained else "ABANDON",
        )

    @cached_property
    def _id(self) -> str:
        return self.metadata.instance_id

    @cached_property
    def _group(self) -> str:
        found = self.autoscaling.describe_auto_scaling_instances(InstanceIds=[self._id])
        for instance in found["AutoScalingInstances"]:
            return instance["AutoScalingGroupName"]
        raise NotInGroupError(f"{self._id} belongs to no Auto Scaling group")
