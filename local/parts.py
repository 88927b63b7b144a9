"""What runs once the stacks are deployed, and how the groups that scale see it."""

from dataclasses import dataclass

from local.aws.account import Account
from local.aws.autoscaling.activities import History
from local.aws.autoscaling.autoscaler import Autoscaler
from local.aws.autoscaling.clock import Clock
from local.aws.autoscaling.sources import Sources, load_balancer_name
from local.aws.ec2.ec2_instances import Fleets
from local.aws.load_balancer import LoadBalancer
from local.aws.outputs import Outputs
from local.aws.target_health import TargetState
from local.demo_user import DemoUser
from local.host.folder import Folder
from local.stripe.local_stripe import Payments


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The parts that play AWS beside the emulator, and what they were made for."""

    folder: Folder
    account: Account
    outputs: Outputs
    fleets: Fleets
    load_balancer: LoadBalancer
    target_group_arn: str
    demo: DemoUser
    payments: Payments

    @property
    def target_states(self) -> dict[str, str]:
        """What the load balancer thinks of each web instance, by its id."""
        health = self.load_balancer.health
        return {target.instance_id: health.state(target) for target in health.targets()}

    def autoscaler(self, time_scale: int) -> Autoscaler:
        """Return what scales the groups, not started, with minutes `time_scale` times as short."""
        sources = Sources(
            account=self.account,
            fleets=self.fleets,
            traffic=self.load_balancer.traffic,
            load_balancer=load_balancer_name(self.account, self.target_group_arn),
            target_group_arn=self.target_group_arn,
            queue_url=self.outputs.job_requests_queue,
        )
        return Autoscaler(
            account=self.account,
            sources=sources,
            in_service=self._in_service,
            history=History(self.folder.activities_file),
            clock=Clock(time_scale),
        )

    def _in_service(self) -> set[str]:
        """Ids of the instances that run, and that the load balancer sends requests to if it may."""
        states = self.target_states
        return {
            instance.id
            for fleet in self.fleets.fleets
            for instance in fleet.running
            if states.get(instance.id, TargetState.HEALTHY) == TargetState.HEALTHY
        }
