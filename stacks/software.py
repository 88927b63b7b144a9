"""What an instance installs: the assets, their URIs, and their ARNs."""

from aws_cdk import Stack
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from stacks import assets
from stacks.settings import EMBEDDED_BUNDLE, Stage


class Software(Construct):
    """Runtime code and wheels, and the reference bundle where a process uses it."""

    def __init__(self, scope: Construct, name: str, *, stage: Stage, with_bundle: bool) -> None:
        super().__init__(scope, name)
        code = assets.runtime_code(self)
        wheels = assets.wheelhouse(self, stage.software)
        self.code_uri = code.s3_object_url
        self.wheels_uri = wheels.s3_object_url
        self.object_arns = [_arn(code), _arn(wheels)]
        self.bundle_uri = self._add_bundle(stage.reference.bundle) if with_bundle else None

    def _add_bundle(self, bundle: str) -> str:
        if bundle == EMBEDDED_BUNDLE:
            asset = assets.reference_bundle(self)
            uri, arn = asset.s3_object_url, _arn(asset)
        else:
            uri = bundle
            arn = f"arn:{Stack.of(self).partition}:s3:::{bundle.removeprefix('s3://')}"
        self.object_arns.append(arn)
        return uri


def _arn(asset: s3_assets.Asset) -> str:
    return asset.bucket.arn_for_objects(asset.s3_object_key)
