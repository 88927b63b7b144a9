"""User data of an instance: environment file, first steps, runtime asset, boot script."""

from collections.abc import Iterable, Mapping

from aws_cdk import aws_ec2 as ec2

from runtime.contract.boot import ROOT
from stacks.assets import RUNTIME

SCRIPTS = ("instance.sh", "first.sh")
"""The files of runtime/boot/ that the first steps need, when the runtime asset isn't there yet."""


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
        *(line for name in SCRIPTS for line in _code(name)),
        f'fetch_code "{runtime_s3_uri}"',
        f'exec bash "$GAS_ROOT/app/runtime/boot/boot.sh" {" ".join(processes)}',
    ]


def _code(name: str) -> list[str]:
    """Return the lines of a script without its comments: EC2 takes 16 KB of user data."""
    lines = (RUNTIME / "boot" / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
