"""The metrics that AWS services report once a minute, as far as rules and pages use them."""

from collections.abc import Sequence
from dataclasses import dataclass

from local.aws.account import Account
from local.aws.autoscaling.capacity import InService
from local.aws.autoscaling.datapoints import Datum
from local.aws.ec2.auto_scaling_groups import read_capacities
from local.aws.ec2.ec2_instances import Ec2Instances
from local.aws.traffic import Traffic
from scaling.policies import (
    DESIRED,
    IN_SERVICE,
    MESSAGES_SENT,
    MESSAGES_VISIBLE,
    REQUESTS_PER_TARGET,
    RESPONSE_TIME,
    TARGET_2XX,
)


@dataclass(frozen=True)
class Sources:
    """Where the figures come from.

    `load_balancer` is its name in CloudWatch, `app/<name>/<id>`; `queue_urls` are those of the
    stage's queues.
    """

    account: Account
    instances: Ec2Instances
    traffic: Traffic
    load_balancer: str
    target_group_arn: str
    queue_urls: Sequence[str]

    def minute(self, serving: InService) -> list[Datum]:
        """Return the metrics of the minute that has just ended."""
        return [*self._traffic(serving), *self._queues(), *self._groups(serving)]

    def _traffic(self, serving: InService) -> list[Datum]:
        """The load balancer's metrics: none without requests.

        https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
        """
        count = self.traffic.take()
        where = {"LoadBalancer": self.load_balancer}
        group = {**where, "TargetGroup": self.target_group_arn.rpartition(":")[2]}
        times, successes = count.response_times, count.successes
        targets = self.instances.targets(self.target_group_arn)
        healthy = sum(target.instance_id in serving for target in targets)
        return [
            Datum.of(TARGET_2XX, where, [successes] if successes else []),
            Datum.of(RESPONSE_TIME, where, times, unit="Seconds"),
            Datum.of(
                REQUESTS_PER_TARGET, group, [len(times) / healthy] if times and healthy else []
            ),
        ]

    def _queues(self) -> list[Datum]:
        """The metrics of the queues.

        The emulator counts sent messages; 0 stands for a minute without any. Whenever a queue's
        attributes are read, it also reports the age of the oldest message.

        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
        """
        found = []
        for url in self.queue_urls:
            where = {"QueueName": url.rpartition("/")[2]}
            visible = self.account.client("sqs").get_queue_attributes(
                QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
            )["Attributes"]["ApproximateNumberOfMessages"]
            found += [
                Datum.of(MESSAGES_SENT, where, [0]),
                Datum.of(MESSAGES_VISIBLE, where, [int(visible)]),
            ]
        return found

    def _groups(self, serving: InService) -> list[Datum]:
        capacities = read_capacities(self.account)
        found = []
        for members in self.instances.groups:
            where = {"AutoScalingGroupName": members.group.name}
            in_service = sum(each.id in serving for each in members.running)
            desired = capacities[members.group.name].instances
            found += [
                Datum.of(IN_SERVICE, where, [in_service]),
                Datum.of(DESIRED, where, [desired]),
            ]
        return found


def load_balancer_name(account: Account, target_group_arn: str) -> str:
    """Return the name in CloudWatch of the load balancer in front of a target group."""
    groups = account.client("elbv2").describe_target_groups(TargetGroupArns=[target_group_arn])
    (arn,) = groups["TargetGroups"][0]["LoadBalancerArns"]
    return arn.partition(":loadbalancer/")[2]
