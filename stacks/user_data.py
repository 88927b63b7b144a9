"""User data of an instance: environment file, runtime asset, boot script."""

from collections.abc import Iterable, Mapping

from aws_cdk import aws_ec2 as ec2

from runtime.common import env

ROOT = "/opt/gas"
"""GAS_ROOT on an instance; the laptop gives each of its instances a folder of its own."""


def user_data(
    *, processes: Iterable[str], environment: Mapping[str, str], runtime_s3_uri: str
) -> ec2.UserData:
    """The script that EC2 runs once at first boot; it may be run again on the same root."""
    script = ec2.UserData.custom("#!/bin/bash\nset -euo pipefail")
    script.add_commands(
        f'export GAS_ROOT="${{GAS_ROOT:-{ROOT}}}"',
        'mkdir -p "$GAS_ROOT"',
        "cat > \"$GAS_ROOT/environment\" <<'END'",
        *(f"{name}={value}" for name, value in environment.items()),
        "END",
        f'export {env.REGION}="{environment[env.REGION]}"',
        f'aws s3 cp --no-progress "{runtime_s3_uri}" "$GAS_ROOT/runtime.zip"',
        'rm -rf "$GAS_ROOT/app"',
        'python3 -m zipfile -e "$GAS_ROOT/runtime.zip" "$GAS_ROOT/app"',
        f'exec bash "$GAS_ROOT/app/runtime/boot/boot.sh" {" ".join(processes)}',
    )
    return script
