"""All stacks of one stage, each with the other stacks that it needs."""

import os

import aws_cdk as cdk

from runtime.contract.tags import STAGE_TAG
from stacks.environment_file import refuse_unread
from stacks.findings import acknowledge
from stacks.fleet_stack import FleetStack
from stacks.foundations import Foundations
from stacks.logs import LogsStack
from stacks.messaging import MessagingStack
from stacks.monitoring import MonitoringStack
from stacks.network import NetworkStack
from stacks.observability import ObservabilityStack
from stacks.pruning import PruneUnknownTypes
from stacks.settings import Stage
from stacks.storage import StorageStack
from stacks.suppliers import suppliers
from stacks.zones import refuse_missing_zones


def build(app: cdk.App, *, stage: Stage, site_url: str | None = None) -> None:
    """Add the stacks of `stage` to `app`.

    `site_url` is the site's address on the laptop, where it is neither the load balancer's nor the
    stage's domain.

    Raises:
        SettingsError: the stage doesn't suit the region that the environment names.
    """
    refuse_missing_zones(stage, os.environ.get("CDK_DEFAULT_REGION"))
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
    foundations = Foundations(
        network=network, storage=storage, messaging=messaging, monitoring=monitoring
    )
    fleets = {
        name: FleetStack(app, stage=stage, foundations=foundations, name=name)
        for name in stage.fleets
    }
    web, annotator = (fleets[stage.fleet_of(process)] for process in ("web", "annotator"))
    if web is not annotator:
        # The site offers a reference when there are annotators that have it.
        web.add_stack_dependency(annotator)
    running = [process for fleet in fleets.values() for process in fleet.processes]
    refuse_unread([*suppliers(web, foundations)], running)
    ObservabilityStack(
        app,
        stage=stage,
        storage=storage,
        messaging=messaging,
        monitoring=monitoring,
        fleets=fleets,
    )
    cdk.Tags.of(app).add("project", "gas")
    cdk.Tags.of(app).add(STAGE_TAG, stage.name)
    if stage.emulator:
        _fit_emulator(app)
    elif stage.software.image is None:
        _warn_of_newest_image(web, stage)


def _warn_of_newest_image(web: FleetStack, stage: Stage) -> None:
    cdk.Annotations.of(web).add_warning_v2(
        "gas:image",
        f"stages/{stage.name}.toml pins no image (software.image), so each deployment takes "
        f"the newest. Pin it: ./gas image --stage {stage.name} --update",
    )


def _fit_emulator(app: cdk.App) -> None:
    """Leave out what the emulator doesn't know."""
    cdk.Aspects.of(app).add(PruneUnknownTypes())
    for finding in ("AwsSolutions-S10", "AwsSolutions-SNS3", "AwsSolutions-SQS4"):
        acknowledge(app, finding, reason="The emulator speaks plain HTTP.")
