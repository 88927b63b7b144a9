"""The metrics that AWS services report once a minute, as far as scaling rules use them."""

from dataclasses import dataclass

from local.aws.account import Account
from local.aws.autoscaling.capacity import InService
from local.aws.autoscaling.datapoints import Datum
from local.aws.ec2.ec2_instances import Ec2Instances
from local.aws.traffic import Traffic
from scaling.policies import (
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

    `load_balancer` is its name in CloudWatch, `app/<name>/<id>`; `queue_url` is that of
    `job_requests`.
    """

    account: Account
    instances: Ec2Instances
    traffic: Traffic
    load_balancer: str
    target_group_arn: str
    queue_url: str

    def minute(self, serving: InService) -> list[Datum]:
        """Return the metrics of the minute that has just ended."""
        return [*self._traffic(serving), *self._queue(), *self._groups(serving)]

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

    def _queue(self) -> list[Datum]:
        """The metrics of the queue.

        The emulator counts sent messages; 0 stands for a minute without any.

        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
        """
        where = {"QueueName": self.queue_url.rpartition("/")[2]}
        visible = self.account.client("sqs").get_queue_attributes(
            QueueUrl=self.queue_url, AttributeNames=["ApproximateNumberOfMessages"]
        )["Attributes"]["ApproximateNumberOfMessages"]
        return [
            Datum.of(MESSAGES_SENT, where, [0]),
            Datum.of(MESSAGES_VISIBLE, where, [int(visible)]),
        ]

    def _groups(self, serving: InService) -> list[Datum]:
        return [
            Datum.of(
                IN_SERVICE,
                {"AutoScalingGroupName": members.group.name},
                [sum(each.id in serving for each in members.running)],
            )
            for members in self.instances.groups
        ]


def load_balancer_name(account: Account, target_group_arn: str) -> str:
    """Return the name in CloudWatch of the load balancer in front of a target group."""
    groups = account.client("elbv2").describe_target_groups(TargetGroupArns=[target_group_arn])
    (arn,) = groups["TargetGroups"][0]["LoadBalancerArns"]
    return arn.partition(":loadbalancer/")[2]
