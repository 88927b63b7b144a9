"""A Premium user, without a subscription at the stand-in for Stripe."""

from typing import TYPE_CHECKING

from local.errors import LocalError
from runtime.common.subscriptions import SubscriptionStore
from runtime.common.users import Role

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def make_premium(users: "Table", user_id: str) -> None:
    """Write the role as web does when a subscription begins; nothing is sent.

    Raises:
        LocalError: there is no such user.
    """
    store = SubscriptionStore(users)
    record = store.get(user_id)
    if record is None:
        raise LocalError(f"There is no user {user_id}.")
    store.change(record, {"role": Role.PREMIUM_USER})
