"""Counts the accounts by plan, for the operator's pages."""

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runtime.common import items
from runtime.common.account_figures import AccountFigures
from runtime.common.figure_items import ACCOUNTS, FigureItems
from runtime.common.items import ConditionFailed
from runtime.common.log import get_logger
from runtime.contract.dynamodb import COUNTED_OF_USERS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

MINUTE, HOUR = 60, 3600

FEW_ACCOUNTS = 1000
"""Up to so many are counted every FEW_SECONDS, more of them once an hour: DynamoDB bills the whole
table for each count."""

FEW_SECONDS = 5 * MINUTE

log = get_logger(__name__)


@dataclass
class AccountCounter:
    """Counts what web may not read. It reads neither names nor addresses nor passwords itself."""

    users: "Table"
    figures: FigureItems
    clock: Callable[[], float] = time.time
    _next: float = field(default=0.0, init=False)

    def __call__(self) -> None:
        """Count, if it is time to and no other janitor has."""
        now = int(self.clock())
        if now < self._next:
            return
        self._next = now + MINUTE
        before = self.figures.get(ACCOUNTS)
        if before is not None and now < _due(AccountFigures.model_validate(before)):
            return
        found = AccountFigures(counted_at=now)
        for user in self._users():
            found.add(user)
        try:
            self.figures.put(
                ACCOUNTS, found.model_dump(mode="json"), counted_at=now, instead_of=before
            )
        except ConditionFailed:
            log.info("another janitor has counted the accounts")

    def _users(self) -> Iterator[Mapping[str, Any]]:
        """Yield what the janitor's role may read of each item."""
        names = {f"#{name}": name for name in COUNTED_OF_USERS}
        scan = {
            "Select": "SPECIFIC_ATTRIBUTES",
            "ProjectionExpression": ", ".join(names),
            "ExpressionAttributeNames": names,
        }
        return itertools.chain.from_iterable(items.pages(self.users.scan, scan))


def _due(found: AccountFigures) -> int:
    """Return the epoch second from which on they're counted again."""
    return found.counted_at + (FEW_SECONDS if found.total <= FEW_ACCOUNTS else HOUR)
