"""The fleet that annotates."""

from constructs import Construct

from runtime.common import env
from scaling.policies import preset
from scaling.rules import Fleet as ScaledFleet
from stacks.environment import environment
from stacks.findings import acknowledge_pattern
from stacks.fleet import Fleet
from stacks.grants import allow, consume
from stacks.instance_role import instance_role
from stacks.messaging import MessagingStack
from stacks.monitoring import MonitoringStack
from stacks.network import NetworkStack
from stacks.scaling import Scaling
from stacks.settings import Stage
from stacks.software import Software
from stacks.stage_stack import StageStack
from stacks.storage import USER_KEYS, StorageStack
from stacks.user_data import user_data

PROCESSES = ("annotator",)


class AnnotatorStack(StageStack):
    """Takes job requests, reads inputs, writes results, says that they are there."""

    def __init__(
        self,
        scope: Construct,
        *,
        stage: Stage,
        network: NetworkStack,
        storage: StorageStack,
        messaging: MessagingStack,
        monitoring: MonitoringStack,
    ) -> None:
        super().__init__(scope, stage=stage, name="annotator", description="GAS: annotators")
        self._storage = storage
        self._messaging = messaging
        self._software = Software(self, "Software", stage=stage, with_bundle=True)
        self.role = instance_role(self, assumable_by_account=stage.emulator)
        fleet = Fleet(
            self,
            "Annotator",
            vpc=network.vpc,
            subnets=network.worker_subnets,
            endpoints=network.endpoints,
            ops_topic=monitoring.ops_topic,
            size=stage.annotator,
            role=self.role,
            protects_busy=stage.protects_busy_instances,
            user_data=user_data(
                processes=PROCESSES,
                environment=self._environment(),
                runtime_s3_uri=self._software.code_uri,
            ),
        )
        self._grant()
        Scaling(
            self,
            "Scaling",
            group=fleet.group,
            preset=preset(ScaledFleet.ANNOTATOR, stage.scaling.annotator),
            dimensions={"QueueName": messaging.job_requests.queue.queue_name},
        )
        self.group_name = fleet.group.auto_scaling_group_name
        self.output(AnnotatorGroup=self.group_name)

    def _environment(self) -> dict[str, str]:
        return environment(
            PROCESSES,
            {
                env.STAGE: self.stage.name,
                env.REGION: self.region,
                env.INPUTS_BUCKET: self._storage.inputs.bucket_name,
                env.RESULTS_BUCKET: self._storage.results.bucket_name,
                env.ANNOTATIONS_TABLE: self._storage.annotations.table_name,
                env.JOB_REQUESTS_QUEUE_URL: self._messaging.job_requests.queue.queue_url,
                env.JOB_RESULTS_TOPIC_ARN: self._messaging.job_results_topic.topic_arn,
                env.SCALE_IN_PROTECTION: "on" if self.stage.protects_busy_instances else "off",
            },
            boot=self._software.environment,
        )

    def _grant(self) -> None:
        allow(self.role, "s3:GetObject", on=self._software.object_arns)
        allow(self.role, "s3:GetObject", on=self._storage.inputs.arn_for_objects(USER_KEYS))
        results = self._storage.results.arn_for_objects(USER_KEYS)
        # Large files go up in parts; an upload that fails takes its parts back.
        allow(self.role, "s3:PutObject", "s3:AbortMultipartUpload", on=results)
        for bucket in (self._storage.inputs, self._storage.results):
            acknowledge_pattern(self.role, bucket, USER_KEYS, reason="It works for every owner.")
        allow(
            self.role,
            "dynamodb:GetItem",
            "dynamodb:UpdateItem",
            on=self._storage.annotations.table_arn,
        )
        allow(self.role, "sns:Publish", on=self._messaging.job_results_topic.topic_arn)
        consume(self.role, self._messaging.job_requests.queue)
