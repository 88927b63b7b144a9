"""The people who use the service: the users table, and their passwords."""

import time
import uuid
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict

from runtime.common import items
from runtime.common.items import Condition, ConditionFailed, exists

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

# argon2id with the library's defaults, the low-memory choice of RFC 9106, section 4.
_HASHER = PasswordHasher()

# Verified when the address is unknown, so that known and unknown ones take the same time.
_NOBODY = _HASHER.hash(uuid.uuid4().hex)


class Role(StrEnum):
    """The plan that a user is on."""

    FREE_USER = "free_user"
    PREMIUM_USER = "premium_user"


class EmailTaken(Exception):
    """Another user has this e-mail address."""


class UserMissing(Exception):
    """There is no user of that id."""


class User(BaseModel):
    """A user, as the table holds one. Times are in epoch seconds.

    Attributes:
        role_since: when the role last changed; None when it never did.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    user_id: str
    email: str
    name: str
    password_hash: str
    role: Role
    email_verified: bool
    created_at: int
    role_since: int | None = None
    stripe_customer_id: str | None = None
    stripe_subscription_id: str | None = None


def normalize_email(email: str) -> str:
    """Return the form in which an address is unique: no case, no blanks around it."""
    return email.strip().casefold()


class UserStore:
    """The users table.

    An address is unique by a second item, `email#<address>`, written in the same transaction;
    the same item finds a user by address.

    Args:
        table: DynamoDB table with the partition key user_id.
        clock: returns the time in epoch seconds.
    """

    def __init__(self, table: "Table", clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock

    def create(
        self,
        *,
        email: str,
        name: str,
        password: str,
        role: Role = Role.FREE_USER,
        email_verified: bool = False,
    ) -> User:
        """Write a new user.

        Raises:
            EmailTaken: another user has the address.
        """
        user = User(
            user_id=str(uuid.uuid4()),
            email=normalize_email(email),
            name=name.strip(),
            password_hash=_HASHER.hash(password),
            role=role,
            email_verified=email_verified,
            created_at=int(self._clock()),
        )
        address = {"user_id": _address_key(user.email), "owner_id": user.user_id}
        items = (user.model_dump(mode="json", exclude_none=True), address)
        try:
            self._table.meta.client.transact_write_items(
                TransactItems=[
                    {
                        "Put": {
                            "TableName": self._table.name,
                            "Item": item,
                            "ConditionExpression": "attribute_not_exists(user_id)",
                        }
                    }
                    for item in items
                ]
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise
            raise EmailTaken(f"{user.email} has an account already") from error
        return user

    def get(self, user_id: str) -> User | None:
        """Read a user consistently; None when there is none."""
        item = self._table.get_item(Key={"user_id": user_id}, ConsistentRead=True).get("Item")
        return None if item is None or "email" not in item else User.model_validate(item)

    def by_email(self, email: str) -> User | None:
        """Find a user by e-mail address; None when nobody has it."""
        key = {"user_id": _address_key(normalize_email(email))}
        address = self._table.get_item(Key=key, ConsistentRead=True).get("Item")
        return None if address is None else self.get(str(address["owner_id"]))

    def set_role(self, user_id: str, role: Role) -> User:
        """Put a user on another plan; a role that they have already is left as it is.

        Whoever calls this sends a PlanChange as well, whether or not the role was new: a caller
        that was cut off between the two does both again.

        Raises:
            UserMissing: there is no such user.
        """
        changes = {"role": role, "role_since": int(self._clock())}
        another = Condition("#role <> :before", {"before": role})
        try:
            return User.model_validate(
                items.update(
                    self._table,
                    {"user_id": user_id},
                    set_=changes,
                    condition=exists("email") & another,
                )
            )
        except ConditionFailed as refusal:
            user = self.get(user_id)
            if user is None:
                raise UserMissing(f"there is no user {user_id}") from refusal
            return user

    def authenticate(self, email: str, password: str) -> User | None:
        """Return the user of this address and password, or None.

        A wrong password and an unknown address cost the same work.
        """
        user = self.by_email(email)
        try:
            _HASHER.verify(user.password_hash if user else _NOBODY, password)
        except VerifyMismatchError:
            return None
        return user


def _address_key(email: str) -> str:
    return f"email#{email}"
