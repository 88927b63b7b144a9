"""User data of an instance: environment file, runtime asset, boot script."""

from collections.abc import Iterable, Mapping

from aws_cdk import aws_ec2 as ec2

from runtime.contract.boot import ROOT
from runtime.contract.environment import variable_name

REGION = variable_name("region")


def new_script() -> ec2.UserData:
    """Return the script that EC2 runs once at first boot, still without its commands.

    The launch template needs it earlier: the commands name the group, which needs the template.
    """
    return ec2.UserData.custom("#!/bin/bash\nset -euo pipefail")


def boot_commands(
    processes: Iterable[str], *, environment: Mapping[str, str], runtime_s3_uri: str
) -> list[str]:
    """Return the commands that boot an instance; they may run again on the same root."""
    return [
        f'export GAS_ROOT="${{GAS_ROOT:-{ROOT}}}"',
        'mkdir -p "$GAS_ROOT"',
        "cat > \"$GAS_ROOT/environment\" <<'END'",
        *(f"{name}={value}" for name, value in sorted(environment.items())),
        "END",
        f'export {REGION}="{environment[REGION]}"',
        f'aws s3 cp --no-progress "{runtime_s3_uri}" "$GAS_ROOT/runtime.zip"',
        'rm -rf "$GAS_ROOT/app"',
        'python3 -m zipfile -e "$GAS_ROOT/runtime.zip" "$GAS_ROOT/app"',
        f'exec bash "$GAS_ROOT/app/runtime/boot/boot.sh" {" ".join(processes)}',
    ]
