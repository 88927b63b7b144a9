"""Email addresses of accounts: each is in one account, by an item of its own in the users table.

The item `email#<address>` names its owner, and finds a user by address. An owner who has moved to
another address keeps the former one reserved for a while: until then they can have it back, and
nobody else can register it.
"""

from boto3.dynamodb.conditions import Attr, ConditionBase


class EmailTaken(Exception):
    """Another user has this email address, or had it until lately."""


def normalize_email(email: str) -> str:
    """Return the form in which an address is unique: no case, no blanks around it.

    Not casefolded, which makes another address of one with a sharp s.
    """
    return email.strip().lower()


def address_key(email: str) -> str:
    """Return the key of the item of a normalized address."""
    return f"email#{email}"


def is_free(now: int) -> ConditionBase:
    """The condition that an address's item isn't there, or reserves it no longer.

    Args:
        now: epoch seconds.
    """
    return Attr("user_id").not_exists() | Attr("reserved_until").lte(now)


def is_owned_by(user_id: str) -> ConditionBase:
    """The condition that an address's item is that user's."""
    return Attr("owner_id").eq(user_id)
