"""Other plans for users, without a subscription at the stand-in for Stripe."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from loadtest.load_test_error import LoadTestError
from runtime.common.subscriptions import Notice, SubscriptionStore
from runtime.common.users import Role

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def change_role(
    users: "Table", user_id: str, role: Role, clock: Callable[[], float] = time.time
) -> None:
    """Write a role as web does when a subscription changes; the caller sends the change of plan.

    A role that the user has already is left alone.

    Raises:
        LoadTestError: there is no such user.
    """
    store = SubscriptionStore(users, clock)
    record = store.get(user_id)
    if record is None:
        raise LoadTestError(f"There is no user {user_id}.")
    if record.role is not role:
        changes = {"role": role, "billing_notices": (Notice.PLAN_CHANGE,)}
        store.change(store.change(record, changes), {"billing_notices": None})
