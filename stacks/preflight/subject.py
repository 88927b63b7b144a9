"""What is checked: a stage's templates, and the account and region that they would go to."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aws_cdk as cdk

from stacks.archive_asset import ROOT
from stacks.platform import build
from stacks.settings import Stage

CREATED = (
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE",
)
"""Statuses of a stack that is there and can be updated.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html"""


ClientOf = Callable[..., Any]
"""Makes an AWS client of a service; without `region_name`, in the region of the deployment."""


@dataclass(frozen=True)
class Templates:
    """What the templates of a stage ask for.

    Attributes:
        types: the resource types of AWS's own.
        stacks: names of the stacks.
        bootstrap_version: version of the bootstrap stack that the CDK needs.
    """

    types: frozenset[str]
    stacks: tuple[str, ...]
    bootstrap_version: int


@dataclass(frozen=True)
class Subject:
    """One deployment to be.

    Attributes:
        vcpus: of each instance type of the stage, as EC2 says; 0 where it doesn't know the type.
        free_plan_types: those of them that an account on the Free plan may start.
        deployed: status of each of the stage's stacks that is there already, by its name.
    """

    stage: Stage
    region: str
    templates: Templates
    client: ClientOf
    vcpus: Mapping[str, int]
    free_plan_types: frozenset[str]
    deployed: Mapping[str, str]

    def has_stack(self, name: str) -> bool:
        """Whether the stack `name`, without its prefix, has been created."""
        return self.deployed.get(f"gas-{self.stage.name}-{name}", "") in CREATED


def templates_of(stage: Stage) -> Templates:
    """Synthesize a stage in a temporary folder, without its assets."""
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    with TemporaryDirectory() as folder:
        app = cdk.App(
            context={**context, "aws:cdk:bundling-stacks": []},
            outdir=folder,
            analytics_reporting=False,
        )
        build(app, stage=stage)
        app.synth()
        manifest = json.loads((Path(folder) / "manifest.json").read_text(encoding="utf-8"))
        stacks = {
            name: artifact["properties"]
            for name, artifact in manifest["artifacts"].items()
            if artifact["type"] == "aws:cloudformation:stack"
        }
        types = {
            resource["Type"]
            for stack in stacks.values()
            for resource in _resources(Path(folder) / stack["templateFile"])
        }
    return Templates(
        types=frozenset(kind for kind in types if kind.startswith("AWS::"))
        - {"AWS::CDK::Metadata"},
        stacks=tuple(stacks),
        bootstrap_version=max(stack["requiresBootstrapStackVersion"] for stack in stacks.values()),
    )


def _resources(template: Path) -> Collection[dict[str, Any]]:
    resources: dict[str, dict[str, Any]] = json.loads(template.read_text())["Resources"]
    return resources.values()


def subject_of(stage: Stage, *, region: str, templates: Templates, client: ClientOf) -> Subject:
    """Return the subject, having asked about the stage's instance types and stacks.

    Raises:
        botocore.exceptions.ClientError: the caller may not ask.
    """
    names = sorted({fleet.instance_type for fleet in stage.fleets.values()})
    answer = client("ec2").describe_instance_types(
        Filters=[{"Name": "instance-type", "Values": names}]
    )
    known = {found["InstanceType"]: found for found in answer["InstanceTypes"]}
    return Subject(
        stage=stage,
        region=region,
        templates=templates,
        client=client,
        vcpus={
            name: known[name]["VCpuInfo"]["DefaultVCpus"] if name in known else 0 for name in names
        },
        free_plan_types=frozenset(
            name for name, found in known.items() if found.get("FreeTierEligible")
        ),
        deployed={
            stack["StackName"]: stack["StackStatus"]
            for page in client("cloudformation").get_paginator("describe_stacks").paginate()
            for stack in page["Stacks"]
            if stack["StackName"] in templates.stacks
        },
    )
