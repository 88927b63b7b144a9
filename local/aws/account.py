"""The AWS account in the emulator, as its root user sees it."""

import threading
from typing import TYPE_CHECKING, Any, Literal, overload

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_autoscaling import AutoScalingClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBServiceResource
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sts import STSClient

ACCOUNT_ID = "000000000000"
"""The emulator takes an access key id of twelve digits for the root user of that account."""

SECRET = "laptop"  # noqa: S105 - the emulator doesn't check a root user's signature
REGION = "us-east-1"

_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=5, read_timeout=60
)


class Account:
    """The emulated account at an endpoint.

    Args:
        endpoint_url: of the emulator. The host must be an IP address: the S3 client then puts the
            bucket into the path.
    """

    def __init__(self, endpoint_url: str) -> None:
        self.endpoint_url = endpoint_url
        # Its clients need `endpoint_url`.
        self.session = boto3.Session(
            aws_access_key_id=ACCOUNT_ID, aws_secret_access_key=SECRET, region_name=REGION
        )
        self._clients: dict[str, Any] = {}
        # Threads may share clients, but not create them at the same time:
        # https://docs.aws.amazon.com/boto3/latest/guide/clients.html
        self._lock = threading.Lock()

    @property
    def endpoint_variables(self) -> dict[str, str]:
        """Environment variables that lead the SDKs, the AWS CLI and the CDK to the emulator."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ENDPOINT_URL_S3": self.endpoint_url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
        }

    @property
    def root_variables(self) -> dict[str, str]:
        """The endpoint variables with the root user's key."""
        key = {"AWS_ACCESS_KEY_ID": ACCOUNT_ID, "AWS_SECRET_ACCESS_KEY": SECRET}
        return self.endpoint_variables | key

    @overload
    def client(self, service: Literal["autoscaling"]) -> "AutoScalingClient": ...
    @overload
    def client(self, service: Literal["cloudformation"]) -> "CloudFormationClient": ...
    @overload
    def client(self, service: Literal["cloudwatch"]) -> "CloudWatchClient": ...
    @overload
    def client(self, service: Literal["ec2"]) -> "EC2Client": ...
    @overload
    def client(self, service: Literal["elbv2"]) -> "ElasticLoadBalancingv2Client": ...
    @overload
    def client(self, service: Literal["iam"]) -> "IAMClient": ...
    @overload
    def client(self, service: Literal["s3"]) -> "S3Client": ...
    @overload
    def client(self, service: Literal["secretsmanager"]) -> "SecretsManagerClient": ...
    @overload
    def client(self, service: Literal["sesv2"]) -> "SESV2Client": ...
    @overload
    def client(self, service: Literal["sns"]) -> "SNSClient": ...
    @overload
    def client(self, service: Literal["sqs"]) -> "SQSClient": ...
    @overload
    def client(self, service: Literal["sts"]) -> "STSClient": ...
    def client(self, service: Any) -> Any:
        """Return the root user's client of a service. It is created once, as that takes a while."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self.session.client(
                    service, endpoint_url=self.endpoint_url, config=_CONFIG
                )
            return self._clients[service]

    def dynamodb(self) -> "DynamoDBServiceResource":
        """Return the root user's DynamoDB resource."""
        with self._lock:
            return self.session.resource("dynamodb", endpoint_url=self.endpoint_url, config=_CONFIG)
