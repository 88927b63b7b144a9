"""The image of the instances: Amazon Linux 2023, pinned by the stage's file or the newest."""

from typing import cast

import jsii
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

NEWEST = {
    "x86_64": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
    "aarch64": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
}
"""The parameter that holds the id of the newest image, by processor. CloudFormation can't ask for
an earlier version of it, so a stage pins an image by its id.

https://docs.aws.amazon.com/linux/al2023/ug/ec2.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
"""


@jsii.implements(ec2.IMachineImage)
class PinnedImage:
    """An image by its id, which exists in one region."""

    def __init__(self, image_id: str) -> None:
        self._image_id = image_id

    def get_image(self, scope: Construct) -> ec2.MachineImageConfig:  # noqa: ARG002 - jsii's
        """Return what the CDK puts into a launch template."""
        return ec2.MachineImageConfig(
            image_id=self._image_id,
            os_type=ec2.OperatingSystemType.LINUX,
            user_data=ec2.UserData.for_linux(),
        )


def machine_image(image_id: str | None, *, architecture: str) -> ec2.IMachineImage:
    """Return the pinned image, or the newest at the time of each deployment."""
    if image_id is None:
        return ec2.MachineImage.from_ssm_parameter(NEWEST[architecture])
    return cast("ec2.IMachineImage", PinnedImage(image_id))
