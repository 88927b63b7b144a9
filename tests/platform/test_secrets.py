"""What is secret is in Secrets Manager and in memory, and nowhere else."""

from collections.abc import Iterator
from pathlib import Path

from tests.cloud import DeployedCloud


def secret_values(cloud: DeployedCloud) -> list[bytes]:
    """The values of all secrets, and in those that hold several, of each."""
    secrets = cloud.account.client("secretsmanager")
    found = [
        secrets.get_secret_value(SecretId=secret["ARN"])["SecretString"]
        for secret in secrets.list_secrets()["SecretList"]
    ]
    parts = [part for value in found for part in value.replace('"', " ").split() if len(part) > 15]
    return [part.encode() for part in parts]


def written_by_the_platform(cloud: DeployedCloud) -> Iterator[Path]:
    """Templates, environment files and all logs."""
    folder = cloud.platform.folder
    yield from folder.assembly.glob("*.json")
    yield from folder.logs.glob("*.log")
    yield from folder.instances.glob("*/environment")


def test_should_be_in_no_file_when_a_secret_is_used(cloud: DeployedCloud) -> None:
    values, files = secret_values(cloud), list(written_by_the_platform(cloud))

    assert len(values) >= 2
    assert {path.suffix for path in files} >= {".json", ".log", ""}
    for path in files:
        content = path.read_bytes()
        assert not [value for value in values if value in content], path
