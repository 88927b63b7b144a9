"""What the fleets' stacks have in common: the stacks they need, and how their instances start."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from runtime.contract.boot import BootEnvironment
from runtime.contract.processes import ProcessConfig
from stacks.environment_file import Suppliers, environment
from stacks.findings import acknowledge
from stacks.fleet import InstanceFleet
from stacks.grants import allow
from stacks.instance_role import instance_role
from stacks.messaging import MessagingStack
from stacks.monitoring import MonitoringStack
from stacks.network import NetworkStack
from stacks.settings import FleetSize, Stage
from stacks.software import Software
from stacks.stage_stack import StageStack
from stacks.storage import StorageStack
from stacks.user_data import boot_commands, new_script


@dataclass(frozen=True, kw_only=True)
class Foundations:
    """The stacks that every fleet needs."""

    network: NetworkStack
    storage: StorageStack
    messaging: MessagingStack
    monitoring: MonitoringStack


class FleetStack(StageStack):
    """A stack with a fleet, the software of its instances, and the role that they have.

    A stack of this kind says which processes run there, and grants `role` what they may do.
    """

    fleet: InstanceFleet

    def __init__(
        self,
        scope: Construct,
        *,
        stage: Stage,
        foundations: Foundations,
        name: str,
        description: str,
        processes: tuple[type[ProcessConfig], ...],
    ) -> None:
        super().__init__(scope, stage=stage, name=name, description=description)
        self.processes = processes
        self._network = foundations.network
        self._storage = foundations.storage
        self._messaging = foundations.messaging
        self._monitoring = foundations.monitoring
        reads = any("references_dir" in process.model_fields for process in processes)
        self._software = Software(self, "Software", stage=stage, with_references=reads)
        self.role = instance_role(self, assumable_by_account=stage.emulator)

    def suppliers(self) -> Suppliers:
        """The value of every setting of every process, by the name of its field."""
        stage, storage, messaging = self.stage, self._storage, self._messaging
        plans, stripe = stage.plans, stage.stripe
        return {
            "stage": lambda: stage.name,
            "region": lambda: self.region,
            "site_url": lambda: self._network.site_url,
            "mail_sender": lambda: stage.mail.sender,
            "client_tries": lambda: stage.accounts.client_tries,
            "genotype_samples": lambda: stage.annotation.genotype_samples,
            "scale_in_protection": lambda: stage.protects_busy_instances,
            "free_max_upload_bytes": lambda: plans.free_max_upload_bytes,
            "free_jobs_per_hour": lambda: plans.free_jobs_per_hour,
            "premium_jobs_per_hour": lambda: plans.premium_jobs_per_hour,
            "free_waiting_jobs": lambda: plans.free_waiting_jobs,
            "premium_waiting_jobs": lambda: plans.premium_waiting_jobs,
            "free_retention_seconds": lambda: plans.free_retention_seconds,
            "archive_storage_class": lambda: plans.archive_storage_class,
            "restore_tier": lambda: plans.restore_tier,
            "stripe_plan": lambda: stripe.plan,
            "stripe_publishable_key": lambda: stripe.publishable_key,
            "stripe_grace_days": lambda: stripe.grace_days,
            "inputs_bucket": lambda: storage.inputs.bucket_name,
            "results_bucket": lambda: storage.results.bucket_name,
            "archive_bucket": lambda: storage.archive.bucket_name,
            "annotations_table": lambda: storage.annotations.table_name,
            "users_table": lambda: storage.users.table_name,
            "ephemeral_table": lambda: storage.ephemeral.table_name,
            "job_requests_topic_arn": lambda: messaging.job_requests_topic.topic_arn,
            "job_results_topic_arn": lambda: messaging.job_results_topic.topic_arn,
            "job_requests_queue_url": lambda: messaging.job_requests.queue.queue_url,
            "job_requests_dlq_url": lambda: messaging.job_requests.dlq.queue_url,
            "job_results_notify_queue_url": lambda: messaging.job_results_notify.queue.queue_url,
            "job_results_archive_queue_url": lambda: messaging.job_results_archive.queue.queue_url,
            "restore_requests_queue_url": lambda: messaging.restore_requests.queue.queue_url,
            "restore_completed_queue_url": lambda: messaging.restore_completed.queue.queue_url,
            "removals_queue_url": lambda: messaging.removals.queue.queue_url,
            "surplus_copies_queue_url": lambda: messaging.surplus_copies.queue.queue_url,
        }

    def _add_fleet(
        self,
        name: str,
        *,
        size: FleetSize,
        own: Mapping[str, str] | None = None,
        subnets: ec2.SubnetSelection | None = None,
        behind_load_balancer: bool = False,
        protects_busy: bool = False,
    ) -> InstanceFleet:
        """Add a fleet whose instances run the processes, by default in the workers' subnets.

        `own` are the settings that come from this stack itself.
        """
        script = new_script()
        fleet = InstanceFleet(
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
        commands = boot_commands(
            [process.process for process in self.processes],
            environment=self._environment(fleet, own or {}),
            runtime_s3_uri=self._software.code_uri,
        )
        script.add_commands(*commands)
        self._grant_software()
        self.output(**{f"{name}Group": fleet.group_name})
        return fleet

    def _grant_software(self) -> None:
        allow(self.role, "s3:GetObject", on=self._software.object_arns)
        for pattern in self._software.patterns:
            acknowledge(
                self.role,
                f"AwsSolutions-IAM5[Resource::{pattern}]",
                reason="A published reference is a folder whose files only its manifest lists.",
            )

    def _environment(self, fleet: InstanceFleet, own: Mapping[str, str]) -> dict[str, str]:
        boot = BootEnvironment(
            python=self.stage.software.python,
            wheels_s3_uri=self._software.wheels_uri,
            references_s3_uris=self._software.reference_uris,
            log_group=fleet.log_group,
            signal_stack=self.stack_id,
            signal_resource=fleet.logical_id,
            lifecycle_hook=fleet.lifecycle_hook,
        )
        return environment(self.processes, self.suppliers(), own=own) | boot.to_variables()
