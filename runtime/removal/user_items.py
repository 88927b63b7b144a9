"""Deletes a user's items from the users table. Only the removal process may delete items of it."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from runtime.common import items
from runtime.common.email_addresses import address_key, is_owned_by
from runtime.common.items import ConditionFailed, on_condition
from runtime.common.openid_identity import OpenIdIdentity
from runtime.common.users import UserStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def delete_user(table: "Table", user_id: str) -> None:
    """Delete a user's items, so that the address is free; done again it changes nothing."""
    user = UserStore(table).get(user_id)
    if user is None:
        return
    own = is_owned_by(user_id)
    for email in (user.former_emails or frozenset()) - {user.email}:
        with suppress(ConditionFailed):  # somebody else has it by now
            items.delete(table, {"user_id": address_key(email)}, condition=own)
    for identity in user.identities or ():
        key = OpenIdIdentity.parse(identity).key
        with suppress(ConditionFailed):  # unlinked, or somebody else's by now
            items.delete(table, {"user_id": key}, condition=own)
    name, address = {"TableName": table.name}, {"user_id": address_key(user.email)}
    deletes: Any = [
        {"Delete": {**name, "Key": {"user_id": user_id}}},
        {"Delete": {**name, "Key": address, **on_condition(own)}},
    ]
    table.meta.client.transact_write_items(TransactItems=deletes)
