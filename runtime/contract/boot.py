"""What the boot script of an instance is told, and where it puts things."""

from runtime.contract.environment import Environment

ROOT = "/opt/gas"
"""GAS_ROOT on an instance; the laptop gives each of its instances a folder of its own."""


class BootEnvironment(Environment):
    """What `runtime/boot/` reads of the environment file, beside stage and region.

    Attributes:
        python: the interpreter on the instance, e.g. python3.12.
        wheels_s3_uri: zip file of the pinned wheels.
        references_s3_uris: where the references are, with commas between them, where a process of
            the fleet reads any: folders that `./gas reference publish` wrote, or zip files.
        log_group: where CloudWatch's agent sends the logs.
        signal_stack: the stack whose deployment waits for this boot.
        signal_resource: logical id of the group in that stack.
        lifecycle_hook: the hook at which the group waits for its instances to drain, if it does.
    """

    python: str
    wheels_s3_uri: str
    references_s3_uris: str | None = None
    log_group: str
    signal_stack: str
    signal_resource: str
    lifecycle_hook: str | None = None
