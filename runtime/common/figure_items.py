"""What is counted for operators: items of the table `ephemeral`, since it can be counted again.

The janitor writes them and web reads them, so web needn't read what is counted. Only the costs are
asked for by web.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from runtime.common import items
from runtime.contract.dynamodb import FIGURES_PREFIX

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

ACCOUNTS = "accounts"
"""The item of the accounts by plan."""

STORAGE = "storage"
"""The item of what the buckets hold."""

COSTS = "costs"
"""The item of what AWS bills; web writes it."""

DAY = 86_400
KEPT_DAYS = 32
"""A page shows 30 days, and today."""


def jobs_of(day: str) -> str:
    """Return the name of the item of the jobs that ended on a day, as 2026-11-29."""
    return f"jobs#{day}"


class FigureItems:
    """The items.

    Args:
        table: the DynamoDB table that `runtime.contract.dynamodb.EPHEMERAL` describes.
    """

    def __init__(self, table: "Table") -> None:
        self._table = table

    def get(self, name: str) -> dict[str, Any] | None:
        """Read an item consistently; None when there is none."""
        key = {"item_id": FIGURES_PREFIX + name}
        return self._table.get_item(Key=key, ConsistentRead=True).get("Item")

    def put(
        self,
        name: str,
        figures: Mapping[str, Any],
        *,
        counted_at: int,
        instead_of: Mapping[str, Any] | None,
    ) -> None:
        """Write an item; `counted_at`, an epoch second, is its attribute too.

        Args:
            instead_of: the item that was read before; None where there was none.

        Raises:
            ConditionFailed: another process has written meanwhile.
        """
        seen: ConditionBase = Attr("item_id").not_exists()
        if instead_of is not None:
            seen = Attr("counted_at").eq(instead_of["counted_at"])
        item = {
            **figures,
            "item_id": FIGURES_PREFIX + name,
            "counted_at": counted_at,
            "expires_at": counted_at + KEPT_DAYS * DAY,
        }
        items.put(self._table, item, condition=seen)
