"""The audit log: records are added, found by owner, and expire."""

import uuid
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from runtime.common.audit import DAY, Action, AuditLog, LockedCopies, Means
from tests.emulator import Emulator
from tests.unit.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

FACTS = {"address": "192.0.2.7", "job_id": "job-1"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(audit_table: "Table", clock: Clock) -> AuditLog:
    return AuditLog(audit_table, days=30, clock=clock)


def test_should_page_the_latest_first_when_there_are_many(log: AuditLog, clock: Clock) -> None:
    for second in range(5):
        log.record("ada", Action.RESULT_SEEN, actor="ada", address="192.0.2.7", job_id=str(second))
        clock.now += 1
    log.record("eve", Action.SIGNED_IN, actor="eve", address="192.0.2.8")
    seen, cursor = [], None
    while True:
        page = log.page("ada", limit=2, cursor=cursor)
        seen += [record.job_id for record in page.records]
        if (cursor := page.next_cursor) is None:
            break
    assert seen == ["4", "3", "2", "1", "0"]
    assert [record.job_id for record in log.all("ada")] == seen


def test_should_be_in_both_logs_when_a_guest_looks_at_a_result(log: AuditLog) -> None:
    log.record("ada", Action.RESULT_SEEN, actor="eve", means=Means.LINK, means_id="l1", **FACTS)
    [owners], [guests] = list(log.all("ada")), list(log.all("eve"))
    assert (owners.actor, owners.means, owners.means_id) == ("eve", Means.LINK, "l1")
    assert (guests.actor, guests.subject, guests.event_id) == ("eve", "ada", owners.event_id)


def test_should_expire_after_the_stages_days(
    log: AuditLog, audit_table: "Table", clock: Clock
) -> None:
    log.record("ada", Action.SIGNED_IN, actor="ada", address="192.0.2.7")
    [item] = audit_table.scan()["Items"]
    assert item["expires_at"] == int(clock.now) + 30 * DAY


def test_should_lock_a_copy_of_each_record_when_the_stage_has_such_a_bucket(
    emulator: Emulator, audit_table: "Table"
) -> None:
    s3 = emulator.session.client("s3", endpoint_url=emulator.endpoint_url)
    bucket = f"audit-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    s3.put_object_lock_configuration(
        Bucket=bucket,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}},
        },
    )
    log = AuditLog(audit_table, days=30, copies=LockedCopies(s3, bucket))
    record = log.record("ada", Action.SIGNED_IN, actor="ada", address="192.0.2.7")
    key = f"users/ada/{record.event_id}.json"
    version = s3.get_object(Bucket=bucket, Key=key)
    assert record.model_validate_json(version["Body"].read()) == record
    with pytest.raises(ClientError) as refusal:
        s3.delete_object(Bucket=bucket, Key=key, VersionId=version["VersionId"])
    assert refusal.value.response["Error"]["Code"] == "AccessDenied"


def test_should_keep_the_record_in_the_processs_log_when_it_cant_be_written(
    emulator: Emulator, audit_table: "Table", capsys: pytest.CaptureFixture[str]
) -> None:
    s3 = emulator.session.client("s3", endpoint_url=emulator.endpoint_url)
    missing = LockedCopies(s3, f"missing-{uuid.uuid4().hex}")
    log = AuditLog(audit_table, days=30, copies=missing)
    with pytest.raises(ClientError):
        log.record("ada", Action.SIGNED_IN, actor="ada", address="192.0.2.7")
    assert list(log.all("ada")) == []
    assert "account.signed-in" in capsys.readouterr().out
