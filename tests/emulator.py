"""A real AWS emulator (ministack) for unit tests, and the tables of the platform."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.error import URLError
from urllib.request import urlopen

import boto3

from runtime.contract.dynamodb import (
    ANNOTATIONS,
    AUDIT,
    EPHEMERAL,
    OWNED_ITEMS,
    USERS,
    Index,
    Table,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table as DynamoTable
    from mypy_boto3_dynamodb.type_defs import (
        GlobalSecondaryIndexTypeDef,
        KeySchemaElementTypeDef,
        ProjectionTypeDef,
    )

ROOT_KEY = "000000000000"
"""With AUTH on, a 12-digit access key id is the root of that account."""

REGION = "us-east-1"
READY_WITHIN_SECONDS = 60

SETTINGS = {
    "AUTH": "true",
    "BIND_HOST": "127.0.0.1",
    # Listeners that nothing here uses; they would open further ports, on any address.
    "IOT_MTLS_ENABLED": "0",
    "SFTP_ENABLED": "0",
    # Where there is a Docker daemon, the emulator would remove containers as it starts.
    "DOCKER_HOST": "unix:///nonexistent",
}

LAUNCH = """
from ministack.services import s3
s3._RESTORE_DELAY_SECONDS = 0.1
from ministack.app import main
main()
"""
"""The emulator takes two seconds for what takes S3 minutes or hours; tests needn't wait so long."""


@dataclass(frozen=True)
class Emulator:
    """A running emulator, IAM enforced; the session is the account's root."""

    endpoint_url: str
    session: boto3.Session
    process: "subprocess.Popen[bytes]"

    @property
    def environment(self) -> dict[str, str]:
        """Variables that point boto3 and the AWS command line at this emulator, as root."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ENDPOINT_URL_S3": self.endpoint_url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ROOT_KEY,
            "AWS_SECRET_ACCESS_KEY": "test",
        }


@contextmanager
def running_emulator() -> Iterator[Emulator]:
    """Start an emulator on a free port of the loopback interface; stop it at the end."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", LAUNCH],
        env=os.environ | SETTINGS | {"GATEWAY_PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    endpoint_url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(process, endpoint_url)
        session = boto3.Session(
            aws_access_key_id=ROOT_KEY, aws_secret_access_key="test", region_name=REGION
        )
        yield Emulator(endpoint_url=endpoint_url, session=session, process=process)
    finally:
        process.terminate()
        process.wait(timeout=30)


def free_port() -> int:
    """Return a port of the loopback interface that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(process: "subprocess.Popen[bytes]", endpoint_url: str) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the emulator ended with code {process.returncode}")
        try:
            with urlopen(f"{endpoint_url}/_ministack/health", timeout=30):
                return
        except (URLError, ConnectionError):
            time.sleep(0.05)
    raise RuntimeError(f"the emulator wasn't ready within {READY_WITHIN_SECONDS} s")


def create_annotations_table(emulator: Emulator, name: str) -> "DynamoTable":
    """Create a table of jobs with its indexes."""
    return _create_table(emulator, name, ANNOTATIONS)


def create_ephemeral_table(emulator: Emulator, name: str) -> "DynamoTable":
    """Create a table of what is kept for a while."""
    return _create_table(emulator, name, EPHEMERAL)


def create_audit_table(emulator: Emulator, name: str) -> "DynamoTable":
    """Create a table of audit records."""
    return _create_table(emulator, name, AUDIT)


def create_owned_items_table(emulator: Emulator, name: str) -> "DynamoTable":
    """Create a table of what belongs to accounts and jobs."""
    return _create_table(emulator, name, OWNED_ITEMS)


def create_users_table(emulator: Emulator, name: str) -> "DynamoTable":
    """Create a table of users."""
    return _create_table(emulator, name, USERS)


def _create_table(emulator: Emulator, name: str, of: Table) -> "DynamoTable":
    resource = emulator.session.resource("dynamodb", endpoint_url=emulator.endpoint_url)
    keys: dict[str, Literal["S", "N"]] = {of.key: "S"}
    schema: list[KeySchemaElementTypeDef] = [{"AttributeName": of.key, "KeyType": "HASH"}]
    if of.sort_key:
        keys[of.sort_key] = "S"
        schema.append({"AttributeName": of.sort_key, "KeyType": "RANGE"})
    for index in of.indexes:
        keys |= {index.partition_key: "S", index.sort_key: "N"}
    indexes: list[GlobalSecondaryIndexTypeDef] = [
        {
            "IndexName": index.name,
            "KeySchema": [
                {"AttributeName": index.partition_key, "KeyType": "HASH"},
                {"AttributeName": index.sort_key, "KeyType": "RANGE"},
            ],
            "Projection": _projection(index),
        }
        for index in of.indexes
    ]
    return resource.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=schema,
        AttributeDefinitions=[
            {"AttributeName": key, "AttributeType": kind} for key, kind in keys.items()
        ],
        GlobalSecondaryIndexes=indexes,
    )


def _projection(index: Index) -> "ProjectionTypeDef":
    if index.holds is None:
        return {"ProjectionType": "ALL"}
    if index.holds:
        return {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(index.holds)}
    return {"ProjectionType": "KEYS_ONLY"}
