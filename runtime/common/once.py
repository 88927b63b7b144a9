"""An act outside the tables, such as a mail, that is done once however often it is asked for.

Whoever does it holds it for a moment, so that of two at the same time one does it; that it was done
is noted afterwards. Only a crash between the act and the note does it twice, and none does it not
at all.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from runtime.common import items
from runtime.common.items import ConditionFailed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

HOLD_SECONDS = 30
"""Longer than an act takes, shorter than a message of a process that died stays away."""


class Busy(Exception):
    """Somebody else is doing it, or died doing it.

    Attributes:
        retry_after: seconds after which it is free, or done.
    """

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"somebody else is at it for up to {retry_after} s")
        self.retry_after = retry_after


def once(
    table: "Table",
    key: dict[str, str],
    name: str,
    act: Callable[[], object],
    *,
    now: int,
    only_if: ConditionBase,
    also: Mapping[str, Any] | None = None,
) -> bool:
    """Do `act` unless it was done before for this item, or `only_if` doesn't hold.

    Args:
        key: the item that remembers, in `<name>_time` and `<name>_until`.
        now: in epoch seconds.
        also: attributes that the item gets with it.

    Returns:
        Whether this call did it.

    Raises:
        Busy: somebody else holds it.
        Exception: what `act` raises; it is free for the next one then.
    """
    time, until = f"{name}_time", f"{name}_until"
    free = Attr(time).not_exists() & (Attr(until).not_exists() | Attr(until).lt(now))
    try:
        hold = {**(also or {}), until: now + HOLD_SECONDS}
        items.update(table, key, set_=hold, condition=free & only_if)
    except ConditionFailed:
        item = table.get_item(Key=key, ConsistentRead=True).get("Item", {})
        held = int(str(item.get(until, 0))) - now
        if time not in item and held >= 0:
            raise Busy(held + 1) from None
        return False
    mine = Attr(until).eq(now + HOLD_SECONDS)
    try:
        act()
    except Exception:
        items.update(table, key, set_={}, remove=(until,), condition=mine)
        raise
    with suppress(ConditionFailed):  # it took longer than the hold, and somebody did it as well
        items.update(table, key, set_={time: now}, remove=(until,), condition=mine)
    return True
