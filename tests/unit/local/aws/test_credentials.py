"""An instance gets the credentials of its role, and of no other."""

import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import boto3
import httpx
import pytest
from botocore.credentials import ContainerProvider
from botocore.exceptions import ClientError

from local.aws.account import ACCOUNT_ID, REGION, Account
from local.aws.credentials import LIFETIME, CredentialsServer
from local.host.http_server import LoopThread


class Clock:
    """Real time, moved by hand."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(account: Account, servers: LoopThread, clock: Clock) -> Iterator[CredentialsServer]:
    server = CredentialsServer(account.client("sts"), servers, clock)
    server.start()
    yield server
    server.stop()


def create_role(
    account: Account,
    *actions: str,
    on: str = "*",
    only_if: Mapping[str, object] | None = None,
) -> str:
    """A role like those of the local stage: EC2 and the account's root may assume it."""
    name = f"role-{uuid.uuid4().hex}"
    principal = {"Service": "ec2.amazonaws.com", "AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"}
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    policy: dict[str, object] = {"Effect": "Allow", "Action": list(actions), "Resource": on}
    if only_if:
        policy["Condition"] = only_if
    iam = account.client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="it", PolicyDocument=document(policy))
    return role["Arn"]


def document(statement: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def ask(variables: dict[str, str], token: str | None = None) -> httpx.Response:
    headers = {"Authorization": token or variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"]}
    return httpx.get(variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"], headers=headers, timeout=30)


def test_should_give_the_sdk_its_role_when_it_asks(
    server: CredentialsServer, account: Account
) -> None:
    variables = server.admit("i-1", create_role(account, "sqs:ListQueues"))

    credentials = ContainerProvider(environ=variables).load()

    session = boto3.Session(
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        aws_session_token=credentials.token,
        region_name=REGION,
    )
    session.client("sqs", endpoint_url=account.endpoint_url).list_queues()
    with pytest.raises(ClientError, match="AccessDenied"):
        session.client("s3", endpoint_url=account.endpoint_url).list_buckets()


@pytest.mark.parametrize("token", ["another", "Bearer x"])
def test_should_refuse_when_the_token_is_no_instances(
    server: CredentialsServer, account: Account, token: str
) -> None:
    variables = server.admit("i-1", create_role(account, "sqs:ListQueues"))

    answer = ask(variables, token=token)

    assert answer.status_code == 403
    assert "SecretAccessKey" not in answer.text


def test_should_refuse_when_the_instance_has_ended(
    server: CredentialsServer, account: Account
) -> None:
    role = create_role(account, "sqs:ListQueues")
    ended, other = server.admit("i-1", role), server.admit("i-2", role)

    server.dismiss("i-1")

    assert ask(ended).status_code == 403
    assert ask(other).status_code == 200


@pytest.mark.parametrize(
    ("minutes_later", "renewed"), [(0, False), (20, False), (31, True), (61, True)]
)
def test_should_renew_when_credentials_end_soon(
    server: CredentialsServer, account: Account, clock: Clock, minutes_later: int, renewed: bool
) -> None:
    variables = server.admit("i-1", create_role(account, "sqs:ListQueues"))
    before = ask(variables).json()

    clock.offset = timedelta(minutes=minutes_later)
    after = ask(variables).json()

    assert (after["AccessKeyId"] != before["AccessKeyId"]) is renewed


def test_should_tell_when_they_expire_when_asked(
    server: CredentialsServer, account: Account
) -> None:
    answer = ask(server.admit("i-1", create_role(account, "sqs:ListQueues"))).json()

    expiration = datetime.strptime(answer["Expiration"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(minutes=50) < expiration - datetime.now(UTC) <= LIFETIME


def test_should_say_why_when_the_role_does_not_exist(server: CredentialsServer) -> None:
    answer = ask(server.admit("i-1", f"arn:aws:iam::{ACCOUNT_ID}:role/none"))

    assert answer.status_code == 500
    assert answer.json()["message"].startswith("No credentials for i-1: ")
