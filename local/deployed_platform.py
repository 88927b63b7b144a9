"""The deployed platform: what the stacks made, and what stands for AWS and Stripe around it."""

from dataclasses import dataclass

from local.aws.account import Account
from local.aws.autoscaling.activities import Activities
from local.aws.autoscaling.autoscaler import Autoscaler
from local.aws.autoscaling.clock import Clock
from local.aws.autoscaling.sources import Sources, load_balancer_name
from local.aws.cdk import STAGE
from local.aws.ec2.ec2_instances import Ec2Instances
from local.aws.load_balancer import LoadBalancer
from local.aws.outputs import Outputs
from local.aws.target_health import TargetState
from local.aws.xray import XRay
from local.demo_user import DemoUser
from local.host.folder import Folder
from local.stripe.local_stripe import LocalStripe


@dataclass(frozen=True, kw_only=True)
class DeployedPlatform:
    """A platform whose instances run. `Cloud.start` makes one, and `Cloud.stop` ends it.

    Attributes:
        target_group_arn: of the target group that the web instances are attached to.
        demo: the user that every state starts with.
        xray: keeps the traces, if any are kept.
    """

    folder: Folder
    site_url: str
    account: Account
    outputs: Outputs
    instances: Ec2Instances
    load_balancer: LoadBalancer
    target_group_arn: str
    stripe: LocalStripe
    demo: DemoUser
    xray: XRay | None

    @property
    def target_states(self) -> dict[str, str]:
        """The load balancer's state of each web instance, by instance id."""
        health = self.load_balancer.health
        return {target.instance_id: health.state(target) for target in health.targets()}

    def autoscaler(self, time_scale: int) -> Autoscaler:
        """Return an autoscaler of the groups, not yet started.

        Args:
            time_scale: how many times faster than usual the clock of alarms and warm-ups runs.
        """
        sources = Sources(
            account=self.account,
            instances=self.instances,
            traffic=self.load_balancer.traffic,
            load_balancer=load_balancer_name(self.account, self.target_group_arn),
            target_group_arn=self.target_group_arn,
            queue_urls=_queues_of_stage(self.account),
        )
        return Autoscaler(
            account=self.account,
            sources=sources,
            in_service=self._in_service,
            activities=Activities(self.folder.activities_file),
            clock=Clock(time_scale),
        )

    def _in_service(self) -> set[str]:
        """Ids of the running instances, without those that fail or await their health checks."""
        states = self.target_states
        return {
            instance.id
            for members in self.instances.groups
            for instance in members.running
            if states.get(instance.id, TargetState.HEALTHY) == TargetState.HEALTHY
        }


def _queues_of_stage(account: Account) -> list[str]:
    """Return the URLs of the stage's queues, those of dead letters too."""
    pages = (
        account.client("sqs").get_paginator("list_queues").paginate(QueueNamePrefix=f"gas-{STAGE}-")
    )
    return [url for page in pages for url in page.get("QueueUrls", [])]
