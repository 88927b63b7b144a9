"""The autoscaler's minutes, on the emulator's groups, policies, metrics and queue."""

import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from local.aws.account import Account
from local.aws.autoscaling.activities import Activities
from local.aws.autoscaling.autoscaler import Autoscaler
from local.aws.autoscaling.clock import MINUTE_S, Clock
from local.aws.autoscaling.sources import Sources
from local.aws.ec2.auto_scaling_groups import read_capacities
from local.aws.ec2.ec2_instances import Ec2Instances
from local.aws.ec2.instance import InstanceState
from local.aws.traffic import Traffic
from scaling.policies import ANNOTATOR_BACKLOG, ANNOTATOR_WORK, WEB_PER_TARGET
from scaling.rules import MetricMath, Preset, TargetTracking
from tests.unit.local.aws.stack import DeployedStack, deploy_stack

BALANCER, TARGETS = "app/gas/1", "targetgroup/web/2"
TARGET_GROUP_ARN = f"arn:aws:elasticloadbalancing:us-east-1:000000000000:{TARGETS}"


@dataclass
class Platform:
    """A group with a policy, the queue in front of it, and a clock that the test sets."""

    account: Account
    stack: DeployedStack
    queue_url: str
    history: Path
    traffic: Traffic = field(default_factory=Traffic)
    running: list[Any] = field(default_factory=list)
    minute: int = int(time.time()) // MINUTE_S - 30
    """The past, since the emulator keeps no metrics of the future."""

    def __post_init__(self) -> None:
        self.autoscaler = Autoscaler(
            account=self.account,
            sources=Sources(
                account=self.account,
                instances=cast("Ec2Instances", self),
                traffic=self.traffic,
                load_balancer=BALANCER,
                target_group_arn=TARGET_GROUP_ARN,
                queue_urls=[self.queue_url],
            ),
            in_service=lambda: [each.id for each in self.running],
            activities=Activities(self.history),
            clock=Clock(wall=lambda: self.minute * MINUTE_S),
        )
        self.follow()

    @property
    def groups(self) -> list[Any]:
        group = self.stack.group
        return [SimpleNamespace(group=group, instances=self.running, running=self.running)]

    def targets(self, _arn: str) -> list[Any]:
        return [SimpleNamespace(instance_id=each.id) for each in self.running]

    @property
    def desired(self) -> int:
        return read_capacities(self.account)[self.stack.group.name].desired

    def follow(self) -> None:
        """Let the instances be those that the group should have, in service from now on."""
        self.running[:] = self.running[: self.desired]
        while len(self.running) < self.desired:
            self.running.append(
                SimpleNamespace(id=f"i-{len(self.running)}", state=InstanceState.RUNNING)
            )
        clock = self.autoscaler.clock
        self.autoscaler._serving.observe([each.id for each in self.running], clock.now_s())

    def pass_minutes(self, number: int, requests: int = 0) -> list[int]:
        """Let minutes pass with so many requests each; return the desired capacity after each."""
        desired = []
        for _ in range(number):
            for _ in range(requests):
                self.traffic.answered(200, 0.005)
            self.minute += 1
            self.autoscaler.minute(self.minute)
            desired.append(self.desired)
            self.follow()
        return desired

    def fill_queue(self, messages: int) -> None:
        sqs = self.account.client("sqs")
        for number in range(messages):
            sqs.send_message(QueueUrl=self.queue_url, MessageBody=str(number))

    def empty_queue(self) -> None:
        self.account.client("sqs").purge_queue(QueueUrl=self.queue_url)


def specification(preset: Preset, queue: str, group: str) -> tuple[TargetTracking, dict[str, Any]]:
    """A preset's policy, as the stacks render it for a queue and a group."""
    (policy,) = preset.policies
    assert isinstance(policy, TargetTracking)
    if not isinstance(policy.metric, MetricMath):
        label = {
            "PredefinedMetricType": "ALBRequestCountPerTarget",
            "ResourceLabel": f"{BALANCER}/{TARGETS}",
        }
        return policy, {"PredefinedMetricSpecification": label}
    values = {"QueueName": queue, "AutoScalingGroupName": group}
    queries: list[dict[str, Any]] = [
        {
            "Id": key,
            "ReturnData": False,
            "MetricStat": {
                "Stat": metric.statistic.value,
                "Metric": {
                    "Namespace": metric.namespace,
                    "MetricName": metric.name,
                    "Dimensions": [
                        {"Name": name, "Value": values[name]} for name in metric.dimensions
                    ],
                },
            },
        }
        for key, metric in policy.metric.metrics
    ]
    result = {
        "Id": "result",
        "Label": policy.metric.label,
        "Expression": policy.metric.expression,
        "ReturnData": True,
    }
    return policy, {"CustomizedMetricSpecification": {"Metrics": [*queries, result]}}


def deploy(account: Account, preset: Preset, history: Path) -> Platform:
    stack = deploy_stack(account, "", minimum=2, desired=2, maximum=10)
    name = uuid.uuid4().hex
    queue_url = account.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    policy, metric = specification(preset, name, stack.group.name)
    settings: dict[str, Any] = {
        "PolicyType": "TargetTrackingScaling",
        "EstimatedInstanceWarmup": policy.warmup_s,
        "TargetTrackingConfiguration": {"TargetValue": policy.target, **metric},
    }
    account.client("autoscaling").put_scaling_policy(
        AutoScalingGroupName=stack.group.name, PolicyName=policy.name, **settings
    )
    return Platform(account, stack, queue_url, history)


BACKLOGS = {
    # 40 messages for two instances are 20 each: four have 10 each, six 7.
    "backlog-per-instance": (ANNOTATOR_BACKLOG, [2, 2, 4]),
    "arrivals-plus-backlog": (ANNOTATOR_WORK, [2, 2, 6]),
}


@pytest.mark.parametrize(("preset", "course"), BACKLOGS.values(), ids=BACKLOGS)
def test_should_launch_what_the_backlog_needs_and_let_it_go_when_a_queue_is_tracked(
    account: Account, tmp_path: Path, preset: Preset, course: list[int]
) -> None:
    platform = deploy(account, preset, tmp_path / "activities")
    platform.fill_queue(40)

    assert platform.pass_minutes(3) == course
    assert platform.pass_minutes(3) == [course[-1]] * 3

    platform.empty_queue()
    assert platform.pass_minutes(14)[-1] == course[-1]
    assert platform.pass_minutes(3)[-1] == 2
    (out, back) = platform.autoscaler.activities.read()
    assert "per instance >" in out.cause
    assert "per instance <" in back.cause


def test_should_launch_what_the_requests_need_when_they_are_tracked(
    account: Account, tmp_path: Path
) -> None:
    platform = deploy(account, WEB_PER_TARGET, tmp_path / "activities")

    # 9,000 a minute for two instances are 4,500 each, and 3,000 for each of three.
    assert platform.pass_minutes(3, requests=9000) == [2, 2, 3]
    assert platform.pass_minutes(3, requests=9000) == [3, 3, 3]
    assert platform.pass_minutes(16, requests=100)[-1] == 2
