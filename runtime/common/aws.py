"""The one place that makes AWS clients: retries, timeouts and addressing are decided here."""

from typing import TYPE_CHECKING, Any, Literal, overload

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_autoscaling import AutoScalingClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sts import STSClient

_COMMON = Config(
    # "standard" retries throttling and transient faults with backoff and jitter:
    # https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    retries={"mode": "standard", "total_max_attempts": 5},
    connect_timeout=5,
    # Longer than the 20 s that a long poll of SQS may take.
    read_timeout=30,
    max_pool_connections=32,
    signature_version="v4",
)
# "virtual" names the region's host in signed addresses; left to itself boto3 signs for the global
# one, whose redirects break signature and CORS in every region but us-east-1. An endpoint that is
# an IP address keeps its path style.
_S3 = _COMMON.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))

_BRIEF = _COMMON.merge(
    Config(retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=2, read_timeout=5)
)
"""For what a page shows and can do without: nobody waits a minute for it."""

Service = Literal[
    "autoscaling", "cloudwatch", "events", "s3", "sqs", "sns", "sesv2", "secretsmanager", "sts"
]


@overload
def client(service: Literal["autoscaling"]) -> "AutoScalingClient": ...
@overload
def client(service: Literal["cloudwatch"]) -> "CloudWatchClient": ...
@overload
def client(service: Literal["s3"]) -> "S3Client": ...
@overload
def client(service: Literal["sqs"]) -> "SQSClient": ...
@overload
def client(service: Literal["sns"]) -> "SNSClient": ...
@overload
def client(service: Literal["sesv2"]) -> "SESV2Client": ...
@overload
def client(service: Literal["secretsmanager"]) -> "SecretsManagerClient": ...
@overload
def client(service: Literal["sts"]) -> "STSClient": ...
@overload
def client(service: Literal["events"]) -> Any: ...
def client(service: Service) -> Any:
    """Return a client of `service`; region, endpoint and credentials are the environment's."""
    return boto3.client(service, config=_S3 if service == "s3" else _COMMON)


@overload
def brief_client(service: Literal["autoscaling"], of: boto3.Session) -> "AutoScalingClient": ...
@overload
def brief_client(service: Literal["cloudwatch"], of: boto3.Session) -> "CloudWatchClient": ...
@overload
def brief_client(service: Literal["sqs"], of: boto3.Session) -> "SQSClient": ...
def brief_client(service: Service, of: boto3.Session) -> Any:
    """Return a client of `service` with a session's credentials, which gives up after seconds."""
    return of.client(service, config=_BRIEF)


def cost_explorer(of: boto3.Session) -> Any:
    """Return a client of Cost Explorer with a session's credentials. Each request costs 0.01 USD.

    It has one region for all. Any, since the project's type stubs don't cover it.
    """
    return of.client("ce", region_name="us-east-1", config=_BRIEF)


def table(name: str) -> "Table":
    """Return the DynamoDB table `name`."""
    return boto3.resource("dynamodb", config=_COMMON).Table(name)
