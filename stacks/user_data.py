"""User data of an instance: environment file, runtime asset, boot script."""

from collections.abc import Iterable, Mapping

from aws_cdk import aws_ec2 as ec2

from runtime.common import env

ROOT = "/opt/gas"
"""GAS_ROOT on an instance; the laptop gives each of its instances a folder of its own."""


class InstanceScript:
    """The script that EC2 runs once at first boot; it may be run again on the same root.

    `commands` is what a launch template takes. They are complete once the fleet has said what only
    it knows, such as the group that the instance belongs to.
    """

    def __init__(
        self, *, processes: Iterable[str], environment: Mapping[str, str], runtime_s3_uri: str
    ) -> None:
        self.commands = ec2.UserData.custom("#!/bin/bash\nset -euo pipefail")
        self._processes = tuple(processes)
        self._environment = environment
        self._runtime_s3_uri = runtime_s3_uri

    def complete(self, variables: Mapping[str, str]) -> None:
        """Add the commands, with `variables` beside the environment that the stack gave."""
        environment = dict(sorted({**self._environment, **variables}.items()))
        self.commands.add_commands(
            f'export GAS_ROOT="${{GAS_ROOT:-{ROOT}}}"',
            'mkdir -p "$GAS_ROOT"',
            "cat > \"$GAS_ROOT/environment\" <<'END'",
            *(f"{name}={value}" for name, value in environment.items()),
            "END",
            f'export {env.REGION}="{environment[env.REGION]}"',
            f'aws s3 cp --no-progress "{self._runtime_s3_uri}" "$GAS_ROOT/runtime.zip"',
            'rm -rf "$GAS_ROOT/app"',
            'python3 -m zipfile -e "$GAS_ROOT/runtime.zip" "$GAS_ROOT/app"',
            f'exec bash "$GAS_ROOT/app/runtime/boot/boot.sh" {" ".join(self._processes)}',
        )
