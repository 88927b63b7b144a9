"""The fleet that brings archived results back."""

from constructs import Construct

from runtime.common import env
from stacks.fleet import Fleet
from stacks.grants import allow, consume
from stacks.instance_role import instance_role
from stacks.messaging import MessagingStack
from stacks.monitoring import MonitoringStack
from stacks.network import NetworkStack
from stacks.settings import Stage
from stacks.software import Software
from stacks.stage_stack import StageStack
from stacks.user_data import user_data

PROCESSES = ()
"""None yet, so the stages keep the group empty."""


class RestoreStack(StageStack):
    """Takes restore requests and the news that S3 has restored an object."""

    def __init__(
        self,
        scope: Construct,
        *,
        stage: Stage,
        network: NetworkStack,
        messaging: MessagingStack,
        monitoring: MonitoringStack,
    ) -> None:
        super().__init__(scope, stage=stage, name="restore", description="GAS: restores")
        software = Software(self, "Software", stage=stage)
        role = instance_role(self, assumable_by_account=stage.emulator)
        fleet = Fleet(
            self,
            "Restore",
            vpc=network.vpc,
            subnets=network.worker_subnets,
            endpoints=network.endpoints,
            ops_topic=monitoring.ops_topic,
            size=stage.restore,
            role=role,
            user_data=user_data(
                processes=PROCESSES,
                environment={env.REGION: self.region, **software.environment},
                runtime_s3_uri=software.code_uri,
            ),
        )
        allow(role, "s3:GetObject", on=software.object_arns)
        consume(role, messaging.restore_requests.queue)
        consume(role, messaging.restore_completed.queue)
        self.group_name = fleet.group.auto_scaling_group_name
        self.output(RestoreGroup=self.group_name)
