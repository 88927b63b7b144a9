"""A table restored to a point in time, as a table beside the one that is in use.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/pointintimerecovery_beforeyoubegin.html
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

POLL_SECONDS = 5.0

Tell = Callable[[str], None]
"""Is told what goes on, in a line."""


class RecoveryError(Exception):
    """The table can't be brought back; the message says why and what to do."""


@dataclass(frozen=True)
class Recovery:
    """A table in use, and the one that is restored from it.

    Args:
        client: of DynamoDB.
        source: name of the table in use.
        at: the time that the new table shows, in UTC and to the second.
    """

    client: Any
    source: str
    at: datetime
    poll_seconds: float = POLL_SECONDS

    @property
    def target(self) -> str:
        """Name of the new table: the same for the same time, so that a second run goes on."""
        base = self.source.partition("-at-")[0]
        return f"{base}-at-{self.at.astimezone(UTC):%Y%m%dT%H%M%SZ}"

    def window(self) -> str:
        """The time from which and to which the table in use can be restored, in words.

        Raises:
            RecoveryError: the table has no backups.
        """
        answer = self.client.describe_continuous_backups(TableName=self.source)
        backups = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        if backups["PointInTimeRecoveryStatus"] != "ENABLED":
            raise RecoveryError(f"{self.source} has no point-in-time recovery.")
        first, last = backups["EarliestRestorableDateTime"], backups["LatestRestorableDateTime"]
        return f"{first.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} to {last.astimezone(UTC):%H:%M:%SZ}"

    def exists(self) -> bool:
        """Whether the new table is there, from an earlier run."""
        try:
            self.client.describe_table(TableName=self.target)
        except self.client.exceptions.ResourceNotFoundException:
            return False
        return True

    def restore(self, tell: Tell) -> None:
        """Make the new table, unless an earlier run did, and give it what a restore leaves out."""
        if self.exists():
            tell(f"{self.target} is there from an earlier run")
        else:
            self.client.restore_table_to_point_in_time(
                SourceTableName=self.source,
                TargetTableName=self.target,
                RestoreDateTime=self.at,
            )
        self._wait(tell)
        self._complete()

    def compare(self, tell: Tell) -> tuple[int, int]:
        """Count the items of the table in use and of the new one, which reads both tables.

        Raises:
            RecoveryError: the new table has other keys or indexes, or is empty and the one in use
                isn't.
        """
        shapes = [self._shape(name) for name in (self.source, self.target)]
        if shapes[0] != shapes[1]:
            raise RecoveryError(f"{self.target} has other keys or indexes than {self.source}.")
        before, after = (self._count(name, tell) for name in (self.source, self.target))
        if before and not after:
            raise RecoveryError(
                f"{self.target} is empty: choose a later time. The stage's file wasn't changed."
            )
        return before, after

    def _wait(self, tell: Tell) -> None:
        """Wait until the new table and its indexes can be used; a large one takes hours."""
        began = time.monotonic()
        while True:
            table = self.client.describe_table(TableName=self.target)["Table"]
            states = [
                table["TableStatus"],
                *(index["IndexStatus"] for index in table.get("GlobalSecondaryIndexes", [])),
            ]
            if set(states) == {"ACTIVE"}:
                return
            tell(f"{self.target}: {table['TableStatus']}, {time.monotonic() - began:.0f} s")
            time.sleep(self.poll_seconds)  # DynamoDB sends no event

    def _complete(self) -> None:
        """Set what a restore doesn't copy: backups, protection, expiry and tags."""
        old = self.client.describe_table(TableName=self.source)["Table"]
        new = self.client.describe_table(TableName=self.target)["Table"]
        self.client.update_continuous_backups(
            TableName=self.target,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )
        if old.get("DeletionProtectionEnabled") != new.get("DeletionProtectionEnabled"):
            self.client.update_table(
                TableName=self.target,
                DeletionProtectionEnabled=bool(old.get("DeletionProtectionEnabled")),
            )
        wanted, there = (self._expiry(name) for name in (self.source, self.target))
        if wanted and wanted != there:
            self.client.update_time_to_live(
                TableName=self.target,
                TimeToLiveSpecification={"Enabled": True, "AttributeName": wanted},
            )
        tags = self.client.list_tags_of_resource(ResourceArn=old["TableArn"])["Tags"]
        # Only CloudFormation may set its own tags.
        ours = [tag for tag in tags if not tag["Key"].startswith("aws:")]
        if ours:
            self.client.tag_resource(ResourceArn=new["TableArn"], Tags=ours)

    def _expiry(self, name: str) -> str | None:
        answer = self.client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        attribute: str | None = answer.get("AttributeName")
        return attribute

    def _shape(self, name: str) -> Any:
        table = self.client.describe_table(TableName=name)["Table"]
        indexes = {
            index["IndexName"]: (index["KeySchema"], index["Projection"]["ProjectionType"])
            for index in table.get("GlobalSecondaryIndexes", [])
        }
        return table["KeySchema"], indexes

    def _count(self, name: str, tell: Tell) -> int:
        count = 0
        pages = self.client.get_paginator("scan").paginate(TableName=name, Select="COUNT")
        for number, page in enumerate(pages, start=1):
            count += page["Count"]
            if number % 100 == 0:
                tell(f"{name}: counted {count:,} items so far")
        return count
