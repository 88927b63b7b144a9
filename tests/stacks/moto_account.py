"""An account of moto, a second emulator, and the deployment of a cloud assembly to it.

moto plays CloudFormation in this process. It does less than the emulator of the laptop, and what it
does it does by code of its own: what both accept depends on the faults of neither.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.cloudformation.parsing import get_model_map

ACCOUNT_ID = "123456789012"
REGION = "us-east-1"
ASSETS = f"cdk-hnb659fds-assets-{ACCOUNT_ID}-{REGION}"

REFUSED = {
    "AWS::EC2::FlowLog": "moto takes the folder in the destination for a part of the bucket's name",
    "Custom::S3AutoDeleteObjects": "moto runs functions in Docker",
}
"""Types that moto has a model of and still can't create, and why."""

MISREAD = {"AWS::KMS::Key": "Tags"}
"""A property that moto expects in another form than CloudFormation, by its type."""


UNTOLD = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "LoadBalancerFullName",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "TargetGroupFullName",
}
"""An attribute that moto hasn't got, by the type."""


def deployable(kind: str) -> bool:
    """Whether moto can create resources of a type."""
    return kind in get_model_map() and kind not in REFUSED


def lacked_arn(name: str) -> str:
    """An ARN in the place of a resource that moto can't create, or of an attribute."""
    return f"arn:aws:moto-lacks:{REGION}:{ACCOUNT_ID}:{name}"


@contextmanager
def moto_account() -> Iterator[None]:
    """An empty account that `cdk bootstrap` has seen; boto3 talks to moto inside."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "moto")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "moto")
        environment.setenv("AWS_DEFAULT_REGION", REGION)
        with mock_aws():
            boto3.client("ssm").put_parameter(
                Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String"
            )
            boto3.client("s3").create_bucket(Bucket=ASSETS)
            yield


class MotoDeployment:
    """Deploys the stacks of an assembly, each after those that it needs.

    A resource that moto can't create is left out, and what refers to it gets an ARN.
    """

    def __init__(self, assembly: Path) -> None:
        self._assembly = assembly
        self._outputs: dict[str, dict[str, str]] = {}
        self._cloudformation = boto3.client("cloudformation")

    def deploy(self) -> None:
        """Create every stack.

        Raises:
            AssertionError: moto didn't create one, or not all of its resources.
        """
        self._upload_assets()
        for stack in _in_order(self._assembly):
            self._create(stack)

    def _upload_assets(self) -> None:
        """Upload a small archive for each asset: moto looks whether a function's code is there."""
        body = io.BytesIO()
        with zipfile.ZipFile(body, "w") as archive:
            archive.writestr("index.js", "")
        for manifest in self._assembly.glob("*.assets.json"):
            for asset in json.loads(manifest.read_text())["files"].values():
                [destination] = asset["destinations"].values()
                boto3.client("s3").put_object(
                    Bucket=ASSETS, Key=destination["objectKey"], Body=body.getvalue()
                )

    def _create(self, stack: str) -> None:
        template = json.loads((self._assembly / f"{stack}.template.json").read_text())
        deployed = without_lacking(self._with_outputs(template))
        self._cloudformation.create_stack(
            StackName=stack, TemplateBody=json.dumps(deployed), Capabilities=["CAPABILITY_IAM"]
        )
        [created] = self._cloudformation.describe_stacks(StackName=stack)["Stacks"]
        assert created["StackStatus"] == "CREATE_COMPLETE"
        self._outputs[stack] = {
            output["OutputKey"]: output["OutputValue"] for output in created.get("Outputs", [])
        }
        found = self._cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
        assert {each["LogicalResourceId"]: each["ResourceType"] for each in found} == {
            logical_id: resource["Type"] for logical_id, resource in deployed["Resources"].items()
        }

    def _with_outputs(self, value: Any) -> Any:
        """Put the outputs of other stacks in, because moto doesn't know Fn::GetStackOutput."""
        match value:
            case {"Fn::GetStackOutput": wanted}:
                return self._outputs[wanted["StackName"]][wanted["OutputName"]]
            case dict():
                return {key: self._with_outputs(each) for key, each in value.items()}
            case list():
                return [self._with_outputs(each) for each in value]
        return value


def without_lacking(template: dict[str, Any]) -> dict[str, Any]:
    """The template as far as moto knows it; changes what it is given."""
    kinds = {name: each["Type"] for name, each in template["Resources"].items()}
    missing = {name for name, kind in kinds.items() if not deployable(kind)}
    for name in missing:
        del template["Resources"][name]
    for resource in template["Resources"].values():
        resource.get("Properties", {}).pop(MISREAD.get(resource["Type"]), None)
        if "DependsOn" in resource:
            needed = resource["DependsOn"]
            needed = [needed] if isinstance(needed, str) else needed
            resource["DependsOn"] = [name for name in needed if name not in missing]
    found: dict[str, Any] = with_arns(template, kinds)
    return found


def with_arns(value: Any, kinds: Mapping[str, str]) -> Any:
    """Put an ARN where a template refers to what moto lacks: it checks those in policies."""
    match value:
        case {"Ref": str(name)} if name in kinds and not deployable(kinds[name]):
            return lacked_arn(name)
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            kind = kinds[name]
            if not deployable(kind) or attribute == UNTOLD.get(kind):
                return lacked_arn(name)
        case dict():
            return {key: with_arns(each, kinds) for key, each in value.items()}
        case list():
            return [with_arns(each, kinds) for each in value]
    return value


def _in_order(assembly: Path) -> list[str]:
    """The stacks of an assembly, each after those that it depends on."""
    artifacts: Mapping[str, Any] = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    order: list[str] = []

    def visit(name: str) -> None:
        artifact = artifacts[name]
        if artifact["type"] != "aws:cloudformation:stack" or name in order:
            return
        for needed in artifact.get("dependencies", []):
            visit(needed)
        order.append(name)

    for name in artifacts:
        visit(name)
    return order
