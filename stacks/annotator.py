"""The fleet that annotates."""

from constructs import Construct

from runtime.contract.processes import AnnotatorConfig
from scaling.policies import preset
from scaling.rules import FleetName
from stacks.findings import acknowledge_pattern
from stacks.fleet_scaling import Scaling
from stacks.fleet_stack import FleetStack, Foundations
from stacks.grants import allow, consume, read_objects
from stacks.settings import Stage
from stacks.storage import USER_KEYS

PROCESSES = (AnnotatorConfig,)


class AnnotatorStack(FleetStack):
    """Takes job requests, reads inputs, writes results and announces them."""

    def __init__(self, scope: Construct, *, stage: Stage, foundations: Foundations) -> None:
        super().__init__(
            scope,
            stage=stage,
            foundations=foundations,
            name="annotator",
            description="GAS: annotators",
            processes=PROCESSES,
        )
        self.fleet = self._add_fleet(
            "Annotator",
            size=stage.annotators,
            protects_busy=stage.protects_busy_instances,
        )
        self._grant()
        Scaling(
            self,
            "Scaling",
            group=self.fleet.group,
            preset=preset(FleetName.ANNOTATOR, stage.scaling.annotator),
            dimensions={"QueueName": self._messaging.job_requests.queue.queue_name},
        )

    def _grant(self) -> None:
        read_objects(self.role, self._storage.inputs, USER_KEYS)
        results = self._storage.results.arn_for_objects(USER_KEYS)
        # Large files are uploaded in parts; an upload that fails removes its parts.
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
