"""Other plans for users, written as web writes them when a subscription changes."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from runtime.common.subscriptions import Notice, SubscriptionStore
from runtime.common.users import Role

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def change_role(
    users: "Table", user_id: str, role: Role, clock: Callable[[], float] = time.time
) -> None:
    """Give a user a role, with the notice that a change of plan must be sent; then take it back.

    The notice is the caller's to send, or to lose. A role that the user has already is left alone.
    """
    store = SubscriptionStore(users, clock)
    record = store.get(user_id)
    assert record is not None
    if record.role is not role:
        changes = {"role": role, "billing_notices": (Notice.PLAN_CHANGE,)}
        store.change(store.change(record, changes), {"billing_notices": None})
