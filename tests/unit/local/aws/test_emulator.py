"""The emulator's state outlives it, unless it is half a state."""

import io
import signal
import socket
from collections.abc import Iterator
from contextlib import nullcontext

import boto3
import psutil
import pytest
from botocore.exceptions import ClientError
from rich.console import Console

from local.aws.account import ACCOUNT_ID, REGION
from local.aws.ec2.instance import free_port
from local.aws.emulator import Emulator
from local.aws.outbox import read_kept_outbox
from local.commands.mail import find_mails
from local.errors import LocalError
from local.host.folder import Folder
from tests.unit.local.aws.test_credentials import create_role


@pytest.fixture
def fresh(folder: Folder) -> Iterator[Emulator]:
    emulator = Emulator(folder, free_port())
    yield emulator
    emulator.stop()


def buckets(emulator: Emulator) -> list[str]:
    return [bucket["Name"] for bucket in emulator.account.client("s3").list_buckets()["Buckets"]]


def fill(emulator: Emulator) -> None:
    s3 = emulator.account.client("s3")
    s3.create_bucket(Bucket="kept")
    s3.put_object(Bucket="kept", Key="key", Body=b"bytes")
    emulator.account.client("sqs").create_queue(QueueName="kept")


def test_should_have_its_state_again_when_it_ended_in_order(
    folder: Folder, fresh: Emulator
) -> None:
    assert not fresh.start()
    fill(fresh)
    fresh.stop()

    again = Emulator(folder, free_port())
    try:
        assert again.start()
        body = again.account.client("s3").get_object(Bucket="kept", Key="key")["Body"].read()
        queue = again.account.client("sqs").get_queue_url(QueueName="kept")["QueueUrl"]
    finally:
        again.stop()

    assert body == b"bytes"
    assert queue.endswith("/kept")


def send_mail(emulator: Emulator, subject: str) -> None:
    ses = emulator.account.client("sesv2")
    ses.create_email_identity(EmailIdentity="may@example.org")
    ses.send_email(
        FromEmailAddress="may@example.org",
        Destination={"ToAddresses": ["you@example.org"]},
        Content={"Simple": {"Subject": {"Data": subject}, "Body": {"Text": {"Data": "text"}}}},
    )


def test_should_keep_its_emails_until_the_next_run_when_it_ends_in_order(
    folder: Folder, fresh: Emulator
) -> None:
    fresh.start()
    send_mail(fresh, "Your results are ready")
    fresh.stop()

    said = io.StringIO()
    kept = find_mails(folder, Console(file=said, width=200))

    assert [mail.subject for mail in kept] == ["Your results are ready"]
    assert "emails of the last run, which ended 20" in said.getvalue()
    fresh.start()
    assert read_kept_outbox(folder.outbox_file) is None


def kill(emulator: Emulator) -> None:
    for process in psutil.Process(emulator.process.pid).children():
        process.send_signal(signal.SIGKILL)
    emulator.process.wait(30)


@pytest.mark.parametrize("ended_in_order_before", [False, True])
def test_should_begin_with_nothing_when_it_was_killed(
    folder: Folder, fresh: Emulator, ended_in_order_before: bool
) -> None:
    fresh.start()
    fill(fresh)
    if ended_in_order_before:
        fresh.stop()
        fresh.start()
    kill(fresh)

    again = Emulator(folder, free_port())
    try:
        assert not again.start()
        assert buckets(again) == []
    finally:
        again.stop()


def test_should_keep_its_state_when_the_port_is_in_use(folder: Folder, fresh: Emulator) -> None:
    fresh.start()
    fill(fresh)
    fresh.stop()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(LocalError, match=f"Port {port} is in use"):
            Emulator(folder, port).start()

    again = Emulator(folder, free_port())
    try:
        assert again.start()
    finally:
        again.stop()


def test_should_say_what_it_printed_when_it_ends_as_it_starts(
    fresh: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.aws.emulator.MODULE", "local.no_such_module")

    with pytest.raises(LocalError, match=r"No module named local\.no_such_module") as fault:
        fresh.start()

    assert str(fresh.log) in str(fault.value)


def test_should_tell_when_it_has_ended_on_its_own(fresh: Emulator) -> None:
    fresh.start()
    fresh.require_running()

    fresh.stop()

    with pytest.raises(LocalError, match="The emulator ended with exit code"):
        fresh.require_running()


def test_should_listen_on_loopback_alone_when_it_runs(fresh: Emulator) -> None:
    fresh.start()

    (process,) = psutil.Process(fresh.process.pid).children()
    listening = {
        connection.laddr[0]
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }

    assert listening == {"127.0.0.1"}


@pytest.mark.parametrize(("sender", "allowed"), [("may@example.org", True), ("b@c.de", False)])
@pytest.mark.parametrize("by", ["identity", "condition"])
def test_should_let_a_role_send_mail_when_it_is_from_the_address_that_its_policy_names(
    fresh: Emulator, sender: str, allowed: bool, by: str
) -> None:
    fresh.start()
    ses = fresh.account.client("sesv2")
    for address in ("may@example.org", "b@c.de"):
        ses.create_email_identity(EmailIdentity=address)
    identities = f"arn:aws:ses:{REGION}:{ACCOUNT_ID}:identity/"
    if by == "identity":
        role = create_role(fresh.account, "ses:SendEmail", on=f"{identities}may@example.org")
    else:
        only = {"StringEquals": {"ses:FromAddress": "may@example.org"}}
        role = create_role(fresh.account, "ses:SendEmail", on=f"{identities}*", only_if=only)
    theirs = session_of(role, fresh).client("sesv2", endpoint_url=fresh.account.endpoint_url)

    with nullcontext() if allowed else pytest.raises(ClientError, match="AccessDenied"):
        theirs.send_email(
            FromEmailAddress=f"GAS <{sender}>",
            Destination={"ToAddresses": ["you@example.org"]},
            Content={"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
        )


def test_should_let_a_role_send_a_batch_when_its_policy_allows_a_message(fresh: Emulator) -> None:
    fresh.start()
    queue = fresh.account.client("sqs").create_queue(QueueName="queue")["QueueUrl"]
    for action in ("sqs:SendMessage", "sqs:ReceiveMessage"):
        role = create_role(fresh.account, action)
        theirs = session_of(role, fresh).client("sqs", endpoint_url=fresh.account.endpoint_url)
        allowed = action == "sqs:SendMessage"
        with nullcontext() if allowed else pytest.raises(ClientError, match="AccessDenied"):
            theirs.send_message_batch(QueueUrl=queue, Entries=[{"Id": "1", "MessageBody": "body"}])


def session_of(role: str, emulator: Emulator) -> boto3.Session:
    sts = emulator.account.client("sts")
    credentials = sts.assume_role(RoleArn=role, RoleSessionName="role")["Credentials"]
    return boto3.Session(
        region_name=REGION,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )
