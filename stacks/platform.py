"""All stacks of one stage, each given what it needs of the others."""

from typing import TypedDict

import aws_cdk as cdk

from stacks.annotator import AnnotatorStack
from stacks.findings import acknowledge
from stacks.logs import LogsStack
from stacks.messaging import MessagingStack
from stacks.monitoring import MonitoringStack
from stacks.network import NetworkStack
from stacks.observability import ObservabilityStack
from stacks.pruning import PruneUnknownTypes
from stacks.restore import RestoreStack
from stacks.settings import Stage
from stacks.storage import StorageStack
from stacks.utilities import UtilitiesStack
from stacks.web import WebStack


class Common(TypedDict):
    """What every fleet's stack is given."""

    network: NetworkStack
    messaging: MessagingStack
    monitoring: MonitoringStack


def build(app: cdk.App, *, stage: Stage, site_url: str | None = None) -> None:
    """Add the stacks of `stage` to `app`.

    `site_url` is the site's address where it isn't the load balancer's or the stage's domain: on
    the laptop.
    """
    logs = LogsStack(app, stage=stage)
    network = NetworkStack(app, stage=stage, logs=logs, site_url=site_url)
    messaging = MessagingStack(app, stage=stage)
    storage = StorageStack(
        app,
        stage=stage,
        site_url=network.site_url,
        logs=logs,
        restore_completed=messaging.restore_completed,
    )
    monitoring = MonitoringStack(app, stage=stage)
    common = Common(network=network, messaging=messaging, monitoring=monitoring)
    web = WebStack(app, stage=stage, storage=storage, **common)
    annotator = AnnotatorStack(app, stage=stage, storage=storage, **common)
    utilities = UtilitiesStack(app, stage=stage, storage=storage, **common)
    restore = RestoreStack(app, stage=stage, storage=storage, **common)
    ObservabilityStack(
        app,
        stage=stage,
        storage=storage,
        messaging=messaging,
        monitoring=monitoring,
        web=web,
        workers=(annotator, utilities, restore),
    )
    cdk.Tags.of(app).add("project", "gas")
    cdk.Tags.of(app).add("stage", stage.name)
    if stage.emulator:
        cdk.Aspects.of(app).add(PruneUnknownTypes())
        for finding in ("AwsSolutions-S10", "AwsSolutions-SNS3", "AwsSolutions-SQS4"):
            acknowledge(app, finding, reason="The emulator speaks plain HTTP.")
