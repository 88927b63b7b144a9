"""Instances: how many, of which type, and what the wheels on them are made for."""

import re
from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from stacks.settings.base import Settings

NATIVE = "native"

ProcessName = Literal[
    "web",
    "annotator",
    "notify",
    "archive",
    "janitor",
    "removal",
    "cleanup",
    "restore",
    "thaw",
    "webhooks",
]
"""The processes of the platform; each runs in exactly one fleet of a stage."""

PROCESSES: tuple[ProcessName, ...] = get_args(ProcessName)

BOOT_SECONDS_MAX = 3600
"""The longest PauseTime of an update policy.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatepolicy.html"""

SECONDS_PER_GIB = 30
"""To fetch a GiB of references to an instance and compare it: written and read at the 125 MiB/s of
a gp3 disk (16 s), over the 0.78 Gbit/s that a c6i.large has at any time (11 s).
https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
https://docs.aws.amazon.com/ec2/latest/instancetypes/co.html"""


def architecture(instance_type: str) -> str:
    """`aarch64` for a type with a Graviton processor, `x86_64` for all others.

    The letter g after the number of the generation means Graviton; a1 was its first generation.
    https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
    """
    family = instance_type.partition(".")[0]
    return "aarch64" if re.fullmatch(r"a1|[a-z]+\d+[a-z]*g[a-z]*(-.*)?", family) else "x86_64"


class Software(Settings):
    """What the wheels of the instances are made for."""

    python: str = Field(
        pattern=r"^python3(\.\d+)?$", description="Interpreter on the instance, e.g. python3.12."
    )
    platform: str = Field(
        pattern=r"^(native|manylinux_2_\d+_(x86_64|aarch64))$",
        description="Newest platform tag of wheels that the instance can use. It names C library "
        "and architecture; 'native' means this machine and its Python.",
    )
    image: str | None = Field(
        default=None,
        pattern=r"^ami-[0-9a-f]{8,17}$",
        description="Image of the instances (AMI): an Amazon Linux 2023 of the region of the "
        "deployment. `./gas image` shows the newest and pins it. Without it, each deployment takes "
        "the newest, and an older commit doesn't bring the older image back.",
    )

    @property
    def architecture(self) -> str | None:
        """Of the wheels; None where they're this machine's."""
        if self.platform == NATIVE:
            return None
        return "aarch64" if self.platform.endswith("_aarch64") else "x86_64"

    @model_validator(mode="after")
    def _names_a_version(self) -> Self:
        if self.platform != NATIVE and "." not in self.python:
            raise ValueError("python must name a minor version, unless the platform is 'native'")
        return self


class Fleet(Settings):
    """An Auto Scaling group, its instances, and the processes that each of them runs."""

    processes: list[ProcessName] = Field(
        min_length=1,
        description="Processes of each instance. Their fleet's role may do what any of them may. "
        "Each process runs in exactly one fleet.",
    )
    instance_type: str = Field(
        pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$", description="EC2 instance type, e.g. t3.small."
    )
    min: int = Field(ge=0, description="Fewest instances. A new group starts with this number.")
    max: int = Field(ge=1, description="Most instances.")
    desired: int | None = Field(
        default=None,
        ge=0,
        description="Number of instances that each deployment sets. Without it, a deployment keeps "
        "the current number.",
    )
    grace_seconds: int = Field(
        default=300,
        ge=0,
        description="Seconds after the launch of an instance before its health check counts.",
    )
    boot_seconds: int = Field(
        default=600,
        ge=60,
        le=BOOT_SECONDS_MAX,
        description="Seconds that a new instance may take to boot. After that, its deployment "
        "fails.",
    )
    warmup_seconds: int = Field(
        default=120,
        ge=0,
        description="Seconds for which a new instance is left out of the group's metrics.",
    )
    spot: bool = Field(
        default=False,
        description="Use Spot instances, which are replaced before an interruption. Only for "
        "annotators, because they hand their message back.",
    )
    disk_gib: int = Field(ge=8, description="Size of an instance's encrypted disk in GiB.")

    @property
    def drains(self) -> bool:
        """Whether its instances finish or hand back messages before they end; web has none."""
        return self.processes != ["web"]

    def holding(self, gib: int) -> "Fleet":
        """Return the size of a group whose instances fetch so many GiB as they boot."""
        more = SECONDS_PER_GIB * gib
        return self.model_copy(
            update={
                "boot_seconds": self.boot_seconds + more,
                "grace_seconds": self.grace_seconds + more,
                "warmup_seconds": self.warmup_seconds + more,
            }
        )

    @model_validator(mode="after")
    def _min_within_max(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"min ({self.min}) must be at most max ({self.max})")
        if self.desired is not None and not self.min <= self.desired <= self.max:
            raise ValueError(
                f"desired ({self.desired}) must lie between min ({self.min}) and max ({self.max})"
            )
        return self
