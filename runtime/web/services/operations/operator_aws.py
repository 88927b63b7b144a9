"""AWS with the role for operators, which web takes for the requests of an operator alone."""

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

import boto3
from cachetools import TTLCache

from runtime.common import aws

if TYPE_CHECKING:
    from mypy_boto3_autoscaling import AutoScalingClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sts import STSClient

SESSION_SECONDS = 900
"""The shortest that a session of a role lasts.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""

KEPT_SECONDS = 600
"""How long a session is used: it must not end during a request."""

MOST_OPERATORS = 20


@dataclass(frozen=True)
class OperatorClients:
    """Clients with the role's credentials."""

    sqs: "SQSClient"
    cloudwatch: "CloudWatchClient"
    autoscaling: "AutoScalingClient"
    cost_explorer: Any


class OperatorAws:
    """Takes the role, in a session for each operator.

    Args:
        sts: with web's own credentials.
        role_arn: of the role.
    """

    def __init__(self, sts: "STSClient", role_arn: str) -> None:
        self._sts = sts
        self._role_arn = role_arn
        self._lock = Lock()
        self._kept: TTLCache[str, OperatorClients] = TTLCache(MOST_OPERATORS, KEPT_SECONDS)

    def clients(self, operator_id: str) -> OperatorClients:
        """Return clients for the requests of an operator, whose id CloudTrail then shows.

        Raises:
            botocore.exceptions.ClientError, BotoCoreError: the role couldn't be taken.
        """
        with self._lock:
            found = self._kept.get(operator_id)
            if found is None:
                found = self._kept[operator_id] = self._take(operator_id)
            return found

    def _take(self, operator_id: str) -> OperatorClients:
        given = self._sts.assume_role(
            RoleArn=self._role_arn, RoleSessionName=operator_id, DurationSeconds=SESSION_SECONDS
        )["Credentials"]
        session = boto3.Session(
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
            region_name=self._sts.meta.region_name,
        )
        return OperatorClients(
            sqs=aws.brief_client("sqs", session),
            cloudwatch=aws.brief_client("cloudwatch", session),
            autoscaling=aws.brief_client("autoscaling", session),
            cost_explorer=aws.cost_explorer(session),
        )
