"""What an instance installs: the assets, their URIs, and their ARNs."""

from aws_cdk import Stack
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from stacks import assets
from stacks.settings import EMBEDDED, Stage


class Software(Construct):
    """Runtime code and wheels, and the references where a process uses them.

    Attributes:
        object_arns: what instances read of it in S3.
        patterns: those of them that stand for a folder, as cdk-nag writes them.
    """

    def __init__(self, scope: Construct, name: str, *, stage: Stage, with_references: bool) -> None:
        super().__init__(scope, name)
        code = assets.runtime_code(self, stage=stage.name)
        wheels = assets.wheelhouse(self, stage.software)
        self.code_uri = code.s3_object_url
        self.wheels_uri = wheels.s3_object_url
        self.object_arns = [_arn(code), _arn(wheels)]
        self.patterns: list[str] = []
        self.reference_uris = self._add_references(stage) if with_references else None

    def _add_references(self, stage: Stage) -> str:
        """Return the URIs of the references, in their order, with commas between them."""
        return ",".join(self._add_reference(offered) for offered in stage.reference.offered)

    def _add_reference(self, offered: str) -> str:
        if offered == EMBEDDED:
            asset = assets.reference_bundle(self)
            self.object_arns.append(_arn(asset))
            return asset.s3_object_url
        files, stack = f"{offered.removeprefix('s3://')}/*", Stack.of(self)
        self.object_arns.append(f"arn:{stack.partition}:s3:::{files}")
        # As cdk-nag writes it: without a region the partition is a reference.
        partition = stack.resolve(stack.partition)
        known = partition if isinstance(partition, str) else f"<{partition['Ref']}>"
        self.patterns.append(f"arn:{known}:s3:::{files}")
        return offered


def _arn(asset: s3_assets.Asset) -> str:
    return asset.bucket.arn_for_objects(asset.s3_object_key)
