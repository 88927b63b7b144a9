"""The audit log: who did what, when, from where and by which means. Records are only ever added.

A record is in the log of each account that it concerns: of the owner of what was read or changed,
and of whoever did it. It holds ids and no content: no name, address of email, file name, note,
search or secret. So it may outlive the account that it is about.
"""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr, ConditionBase, Key
from pydantic import BaseModel, ConfigDict

from runtime.common import items
from runtime.common.log import get_logger
from runtime.contract.s3 import user_prefix

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_s3 import S3Client

DAY = 24 * 60 * 60

_log = get_logger(__name__)

# ruff: noqa: S105 -- "password" and "token" are words in the names of actions here


class Action(StrEnum):
    """All that is recorded. A value is never renamed: old records hold it."""

    SIGNED_IN = "account.signed-in"
    SIGNED_OUT = "account.signed-out"
    SIGNED_OUT_EVERYWHERE = "account.signed-out-everywhere"
    ADDRESS_CONFIRMED = "account.address-confirmed"
    NAME_CHANGED = "account.name-changed"
    PASSWORD_CHANGED = "account.password-changed"
    PASSWORD_RESET = "account.password-reset"
    ADDRESS_CHANGE_ASKED = "account.address-change-asked"
    ADDRESS_CHANGED = "account.address-changed"
    ADDRESS_CHANGE_STOPPED = "account.address-change-stopped"
    SECOND_FACTOR_CHANGED = "account.second-factor-changed"
    IDENTITY_CHANGED = "account.identity-changed"
    TOKEN_CHANGED = "account.token-changed"
    NOTIFICATIONS_CHANGED = "account.notifications-changed"
    AUDIT_EXPORTED = "account.audit-exported"
    DELETED = "account.deleted"
    PLAN_CHANGE_ASKED = "account.plan-change-asked"
    JOB_CREATED = "job.created"
    JOB_CANCELLED = "job.cancelled"
    JOB_DELETED = "job.deleted"
    JOB_RUN_AGAIN = "job.run-again"
    JOB_NOTE_CHANGED = "job.note-changed"
    JOB_RESTORE_ASKED = "job.restore-asked"
    RESULT_SEEN = "result.seen"
    RESULT_DOWNLOADED = "result.downloaded"
    SHARING_CHANGED = "result.sharing-changed"
    ANNOTATION_CHANGED = "result.stars-or-comments-changed"
    FILTER_CHANGED = "result.saved-filter-changed"
    JOB_REDRIVEN = "operator.job-redriven"
    JOB_GIVEN_UP = "operator.job-given-up"
    OPEN_JOBS_SEEN = "operator.open-jobs-seen"
    LETTERS_REDRIVEN = "operator.dead-letters-redriven"
    LETTER_GIVEN_UP = "operator.dead-letter-given-up"
    ACCOUNT_SEEN = "operator.account-seen"
    ACCOUNT_SUSPENDED = "operator.account-suspended"
    ACCOUNT_RESUMED = "operator.account-resumed"
    ACCOUNT_ERASED = "operator.account-erased"
    PASSWORD_CONFIRMED = "operator.password-confirmed"


class Means(StrEnum):
    """By which way somebody came."""

    PAGE = "page"
    TOKEN = "token"
    LINK = "link"


class AuditRecord(BaseModel):
    """A record.

    Attributes:
        owner: id of the account whose log it is in.
        event_id: sorts by time; the same in the logs of all whom it concerns.
        at: epoch milliseconds.
        actor: id of the account that did it; None for a guest by a link.
        means_id: id of the token or the link, never the secret part of it.
        address: of the client; of IPv6 the /64 network.
        job_id: of the job that was read or changed.
        subject: id of another account that was changed.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    owner: str
    event_id: str
    at: int
    action: Action
    actor: str | None = None
    means: Means = Means.PAGE
    means_id: str | None = None
    address: str
    job_id: str | None = None
    subject: str | None = None


@dataclass(frozen=True)
class LockedCopies:
    """Copies of the records in a bucket with Object Lock, where nobody can change or delete one
    before its time: not even whoever takes over a web instance, or the account's administrator."""

    s3: "S3Client"
    bucket: str

    def put(self, record: AuditRecord) -> None:
        """Write a copy; the bucket's default retention locks it."""
        self.s3.put_object(
            Bucket=self.bucket,
            Key=f"{user_prefix(record.owner)}{record.event_id}.json",
            Body=record.model_dump_json(exclude_none=True).encode(),
            ContentType="application/json",
            # Object Lock demands a checksum. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
            ChecksumAlgorithm="SHA256",
        )


@dataclass(frozen=True)
class AuditPage:
    """Some records, the latest first, and where the next page begins; None after the last."""

    records: tuple[AuditRecord, ...]
    next_cursor: str | None


class AuditLog:
    """The table.

    Args:
        table: the DynamoDB table that `runtime.contract.dynamodb.AUDIT` describes.
        days: after which DynamoDB deletes a record.
        copies: where each record is written too; None in a stage without.
        clock: returns the time in epoch seconds.
    """

    def __init__(
        self,
        table: "Table",
        *,
        days: int,
        copies: LockedCopies | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._table = table
        self._days = days
        self._copies = copies
        self._clock = clock

    def record(self, owner: str, action: Action, **facts: Any) -> AuditRecord:
        """Add a record to the owner's log, and to the actor's if that is somebody else.

        Args:
            facts: the other attributes of `AuditRecord`.

        Raises:
            botocore.exceptions.ClientError: it couldn't be written, after retries. The whole record
                is in the process's log then, so that it isn't lost.
        """
        at = int(self._clock() * 1000)
        event_id = f"{at:013d}-{uuid.uuid4().hex[:12]}"
        record = AuditRecord(owner=owner, event_id=event_id, at=at, action=action, **facts)
        try:
            self._write(record)
            if record.actor is not None and record.actor != owner:
                self._write(record.model_copy(update={"owner": record.actor, "subject": owner}))
        except Exception:
            _log.exception("audit record not written", record=record.model_dump(mode="json"))
            raise
        return record

    def page(self, owner: str, *, limit: int, cursor: str | None = None) -> AuditPage:
        """Return a page of the owner's records, the latest first.

        Args:
            cursor: the `next_cursor` of the page before.
        """
        key: ConditionBase = Key("owner").eq(owner)
        if cursor is not None:
            key = key & Key("event_id").lt(cursor)
        found = self._table.query(**items.query(key), ScanIndexForward=False, Limit=limit)
        records = tuple(AuditRecord.model_validate(item) for item in found["Items"])
        more = records and "LastEvaluatedKey" in found
        return AuditPage(records, records[-1].event_id if more else None)

    def all(self, owner: str) -> Iterator[AuditRecord]:
        """Yield all of the owner's records, the latest first."""
        cursor = None
        while True:
            page = self.page(owner, limit=1000, cursor=cursor)
            yield from page.records
            if page.next_cursor is None:
                return
            cursor = page.next_cursor

    def _write(self, record: AuditRecord) -> None:
        """Write the copy first: what is in the table is surely locked too."""
        if self._copies is not None:
            self._copies.put(record)
        item = json.loads(record.model_dump_json(exclude_none=True))
        expires = record.at // 1000 + self._days * DAY
        items.put(
            self._table,
            {**item, "expires_at": expires},
            condition=Attr("owner").not_exists(),
        )
