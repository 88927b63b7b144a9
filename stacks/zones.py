"""The availability zones of regions, so that a synthesis finds a zone that isn't there.

Only a deployment with a known region is checked. `./gas preflight` asks the account itself, and
knows zones that are newer than this table.
"""

from stacks.settings import SettingsError, Stage

DATE = "2026-02"

THREE = "abc"

ZONES = {
    "af-south-1": THREE,
    "ap-east-1": THREE,
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ap-northeast-3": THREE,
    "ap-south-1": THREE,
    "ap-south-2": THREE,
    "ap-southeast-1": THREE,
    "ap-southeast-2": THREE,
    "ap-southeast-3": THREE,
    "ap-southeast-4": THREE,
    "ca-central-1": "abd",
    "ca-west-1": THREE,
    "eu-central-1": THREE,
    "eu-central-2": THREE,
    "eu-north-1": THREE,
    "eu-south-1": THREE,
    "eu-south-2": THREE,
    "eu-west-1": THREE,
    "eu-west-2": THREE,
    "eu-west-3": THREE,
    "il-central-1": THREE,
    "me-central-1": THREE,
    "me-south-1": THREE,
    "sa-east-1": THREE,
    "us-east-1": "abcdef",
    "us-east-2": THREE,
    "us-west-2": "abcd",
}
"""Letters of the zones that new accounts have. us-west-1 is missing: an account has two of three.
https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html"""


def refuse_missing_zones(stage: Stage, region: str | None) -> None:
    """Refuse a stage that names a zone that its region lacks; an unknown region passes.

    Raises:
        SettingsError: naming the zones, and those that there are.
    """
    if stage.emulator or region not in ZONES:
        return
    missing = [zone for zone in stage.network.zones if zone not in ZONES[region]]
    if missing:
        raise SettingsError(
            f"stages/{stage.name}.toml: network.zones: {region} has no zone {', '.join(missing)}; "
            f"as of {DATE} it has {', '.join(ZONES[region])}"
        )
