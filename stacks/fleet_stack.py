"""What the fleets' stacks have in common: what they stand on, and how their instances start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from runtime.common import env
from stacks.environment import environment
from stacks.fleet import Fleet
from stacks.grants import allow
from stacks.instance_role import instance_role
from stacks.messaging import MessagingStack
from stacks.monitoring import MonitoringStack
from stacks.network import NetworkStack
from stacks.settings import FleetSize, Stage
from stacks.software import Software
from stacks.stage_stack import StageStack
from stacks.storage import StorageStack
from stacks.user_data import InstanceScript


@dataclass(frozen=True, kw_only=True)
class Foundations:
    """The stacks that every fleet stands on."""

    network: NetworkStack
    storage: StorageStack
    messaging: MessagingStack
    monitoring: MonitoringStack


class FleetStack(StageStack):
    """A stack with a fleet, the software of its instances, and the role that they have.

    A stack of this kind says which processes run there and what they read, and grants `role` what
    they may do.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        stage: Stage,
        foundations: Foundations,
        name: str,
        description: str,
        with_bundle: bool = True,
    ) -> None:
        super().__init__(scope, stage=stage, name=name, description=description)
        self._network = foundations.network
        self._storage = foundations.storage
        self._messaging = foundations.messaging
        self._monitoring = foundations.monitoring
        self._software = Software(self, "Software", stage=stage, with_bundle=with_bundle)
        self.role = instance_role(self, assumable_by_account=stage.emulator)

    def _add_fleet(
        self,
        name: str,
        *,
        size: FleetSize,
        processes: Sequence[str],
        variables: Mapping[str, str],
        subnets: ec2.SubnetSelection | None = None,
        behind_load_balancer: bool = False,
        protects_busy: bool = False,
    ) -> Fleet:
        """A fleet whose instances run `processes`, where workers live if no `subnets` are given.

        `variables` are what these processes read, but for stage and region, which all of them do.
        """
        everyones = {env.STAGE: self.stage.name, env.REGION: self.region}
        script = InstanceScript(
            processes=processes,
            environment=environment(
                processes, {**everyones, **variables}, boot=self._software.environment
            ),
            runtime_s3_uri=self._software.code_uri,
        )
        fleet = Fleet(
            self,
            name,
            vpc=self._network.vpc,
            subnets=subnets or self._network.worker_subnets,
            endpoints=self._network.endpoints,
            ops_topic=self._monitoring.ops_topic,
            size=size,
            role=self.role,
            user_data=script,
            behind_load_balancer=behind_load_balancer,
            protects_busy=protects_busy,
        )
        allow(self.role, "s3:GetObject", on=self._software.object_arns)
        self.output(**{f"{name}Group": fleet.group_name})
        return fleet
