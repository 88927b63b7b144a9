"""Dashboard, alarms and budget of a stage."""

from collections.abc import Mapping

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from stacks.budget import Budget
from stacks.dashboard import DashboardSources, rows
from stacks.fleet_stack import FleetStack
from stacks.job_alarms import JobAlarms
from stacks.mail_alarms import MailAlarms
from stacks.messaging import MessagingStack
from stacks.monitoring import MonitoringStack
from stacks.queue_alarms import QueueAlarms
from stacks.settings import Stage
from stacks.site_alarms import SiteAlarms
from stacks.stage_stack import StageStack
from stacks.storage import StorageStack
from stacks.widgets import body


class ObservabilityStack(StageStack):
    """Refers to all other stacks, so it is deployed last; none of them depends on it."""

    def __init__(
        self,
        scope: Construct,
        *,
        stage: Stage,
        storage: StorageStack,
        messaging: MessagingStack,
        monitoring: MonitoringStack,
        fleets: Mapping[str, FleetStack],
    ) -> None:
        super().__init__(
            scope, stage=stage, name="observability", description="GAS: dashboard and alarms"
        )
        topic = monitoring.ops_topic
        [site] = [fleet.site for fleet in fleets.values() if fleet.site]
        QueueAlarms(self, "Queues", work_queues=messaging.work_queues, topic=topic)
        SiteAlarms(self, "Site", dimensions=site.dimensions, topic=topic)
        MailAlarms(self, "Mail", topic=topic)
        JobAlarms(self, "Jobs", stage=stage, topic=topic)
        if stage.budget:
            Budget(self, "Budget", stage=stage.name, settings=stage.budget, topic=topic)
        self._dashboard(
            DashboardSources(
                stage=stage,
                load_balancer=site.dimensions["LoadBalancer"],
                work_queues=messaging.work_queues,
                groups={name: stack.fleet.group_name for name, stack in fleets.items()},
                **_stores(storage),
            )
        )

    def _dashboard(self, sources: DashboardSources) -> None:
        """Make it an L1 construct: it is synthesized ten times as fast as widget classes."""
        cloudwatch.CfnDashboard(
            self,
            "Dashboard",
            dashboard_name=f"gas-{self.stage.name}",
            dashboard_body=self.to_json_string(body(rows(sources), region=self.region)),
        )


def _stores(storage: StorageStack) -> Mapping[str, Mapping[str, str]]:
    return {
        "buckets": {
            "inputs": storage.inputs.bucket_name,
            "results": storage.results.bucket_name,
            "archive": storage.archive.bucket_name,
        },
        "tables": {
            "annotations": storage.annotations.table_name,
            "users": storage.users.table_name,
            "ephemeral": storage.ephemeral.table_name,
            "owned_items": storage.owned_items.table_name,
            "audit": storage.audit.table_name,
        },
    }
