"""The people who use the service: the users table, and their passwords."""

import time
import uuid
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr, ConditionBase
from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict, Field

from runtime.common import items
from runtime.common.email_addresses import EmailTaken, address_key, is_free, normalize_email
from runtime.common.items import ConditionFailed, on_condition
from runtime.common.passwords import NO_PASSWORD, hash_password, is_password

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

NOBODY_ID = "nobody"
"""The id of no user."""


class Role(StrEnum):
    """The plan that a user is on."""

    FREE_USER = "free_user"
    PREMIUM_USER = "premium_user"


class UserChanged(Exception):
    """The user isn't any more what a change was meant for; nothing was written."""


class User(BaseModel):
    """A user, as the table holds one. Times are in epoch seconds.

    Attributes:
        session_epoch: raised by all that ends sessions; a session of a lower one is over.
        ended_sessions: sessions of this epoch that were signed out of, as `UNTIL ID`; until then
            a copy of their cookie must be refused.
        deleted_at: the account is being deleted; nobody can sign in to it any more.
        operator_since: it may use the operator's pages (`account_standing.py`).
        suspended_at: an operator has suspended it: nobody can sign in, and tokens are refused.
        role_since: when the role last changed; None when it never did.
        identities: who the user is at issuers of OpenID Connect, as `ISSUER SUBJECT`
            (`linked_identities.py`).
        former_emails: addresses that the account had before; it can have the last one back until
            `former_email_until`.
        mail_choices: which emails about jobs the user wants (`mail_choices.py`).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    user_id: str
    email: str
    name: str
    password_hash: str
    role: Role
    email_verified: bool
    created_at: int
    session_epoch: int = 0
    ended_sessions: frozenset[str] | None = None
    deleted_at: int | None = None
    role_since: int | None = None
    operator_since: int | None = None
    suspended_at: int | None = None
    identities: frozenset[str] | None = None
    former_emails: frozenset[str] | None = None
    former_email_until: int | None = None
    stripe_customer_id: str | None = None
    stripe_subscription_id: str | None = None
    mail_choices: dict[str, str] = Field(default_factory=dict)

    @property
    def is_blocked(self) -> bool:
        """Whether nobody may use the account: it is being deleted, or is suspended."""
        return self.deleted_at is not None or self.suspended_at is not None

    @property
    def has_password(self) -> bool:
        """Whether there is a password to sign in with. People who sign in with an institution may
        have none, and it is taken away where somebody else may know it."""
        return self.password_hash != NO_PASSWORD

    def has_ended(self, session_id: str) -> bool:
        """Whether the session of that id was signed out of."""
        return any(each.partition(" ")[2] == session_id for each in self.ended_sessions or ())


class UserStore:
    """The users table.

    An address is unique by an item of its own, which is written in the same transaction and finds
    a user by address (`email_addresses.py`).

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
        password: str | None,
        role: Role = Role.FREE_USER,
        email_verified: bool = False,
        identities: frozenset[str] | None = None,
        also: Callable[[User], Sequence[Any]] = lambda _: (),
    ) -> User:
        """Write a new user.

        Args:
            password: None for an account that is signed in to with an institution.
            also: returns what is written in the same transaction.

        Raises:
            EmailTaken: another user has the address, or had it until lately.
        """
        now = int(self._clock())
        user = User(
            user_id=str(uuid.uuid4()),
            email=normalize_email(email),
            name=name.strip(),
            password_hash=NO_PASSWORD if password is None else hash_password(password),
            role=role,
            email_verified=email_verified,
            identities=identities,
            created_at=now,
        )
        address = {"user_id": address_key(user.email), "owner_id": user.user_id}
        new = on_condition(Attr("user_id").not_exists())
        item = user.model_dump(mode="json", exclude_none=True)
        if identities:
            item["identities"] = set(identities)  # a set of strings, where JSON has a list
        both = ({"Item": item, **new}, {"Item": address, **on_condition(is_free(now))})
        writes: Any = [{"Put": {"TableName": self._table.name, **each}} for each in both]
        writes += also(user)
        try:
            self._table.meta.client.transact_write_items(TransactItems=writes)
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
        """Find a user by email address; None when nobody has it.

        An unknown address costs the same two reads as a known one.
        """
        address = normalize_email(email)
        key = {"user_id": address_key(address)}
        item = self._table.get_item(Key=key, ConsistentRead=True).get("Item", {})
        user = self.get(str(item.get("owner_id", NOBODY_ID)))
        # The owner may have another address by now, and have this one reserved.
        return user if user and user.email == address else None

    def authenticate(self, email: str, password: str) -> User | None:
        """Return the user of this address and password, or None; an account must live.

        A wrong password and an unknown address cost the same work.
        """
        user = self.by_email(email)
        right = is_password(password, user.password_hash if user else None)
        return user if right and user and user.deleted_at is None else None

    def confirm_email(self, user_id: str) -> User:
        """Note that the user reads mail at their address.

        Raises:
            UserChanged: it was noted before, or the account is gone or going.
        """
        return change_user(self._table, user_id, _unconfirmed(), set_={"email_verified": True})

    def set_password(self, user_id: str, password: str, *, epoch: int) -> User:
        """Set another password, which ends all sessions.

        Whoever sets one has proved to read the user's mail, or known the one before.

        Args:
            epoch: the session epoch for which this was allowed.

        Raises:
            UserChanged: the epoch is another one by now, or the account is gone or going.
        """
        return change_user(
            self._table,
            user_id,
            at_epoch(epoch),
            set_={"password_hash": hash_password(password), "email_verified": True},
            add={"session_epoch": 1},
        )

    def forget_password(self, user_id: str) -> User:
        """Take the password of an account that isn't confirmed: the next one is set by mail.

        Raises:
            UserChanged: it was confirmed meanwhile, or is gone or going.
        """
        return change_user(
            self._table,
            user_id,
            _unconfirmed(),
            set_={"password_hash": NO_PASSWORD},
            add={"session_epoch": 1},
        )

    def rename(self, user_id: str, name: str) -> User:
        """Change the user's name.

        Raises:
            UserChanged: the account is gone or going.
        """
        return change_user(self._table, user_id, set_={"name": name.strip()})

    def mark_deleted(self, user_id: str) -> User | None:
        """End all sessions for good; done again it changes nothing.

        The address stays taken until the process removal has deleted the user's items. Returns None
        when nothing is left of the user.
        """
        try:
            return change_user(
                self._table,
                user_id,
                set_={"deleted_at": int(self._clock())},
                add={"session_epoch": 1},
            )
        except UserChanged:
            return self.get(user_id)


def change_user(
    table: "Table", user_id: str, condition: ConditionBase | None = None, **changes: Any
) -> User:
    """Change a user's item, and return what it is then.

    Args:
        table: the users table.
        condition: what must hold besides that the account lives.
        changes: see `items.update`.

    Raises:
        UserChanged: it doesn't hold, or the account is gone or going.
    """
    alive = is_alive()
    try:
        item = items.update(
            table,
            {"user_id": user_id},
            condition=alive & condition if condition else alive,
            **changes,
        )
    except ConditionFailed as refusal:
        raise UserChanged(f"user {user_id} isn't as this change needs it") from refusal
    return User.model_validate(item)


def _unconfirmed() -> ConditionBase:
    return Attr("email_verified").eq(False)


def is_alive() -> ConditionBase:
    """The condition that a user is there, and isn't being deleted."""
    return Attr("email").exists() & Attr("deleted_at").not_exists()


def at_epoch(epoch: int) -> ConditionBase:
    """The condition that a user has this session epoch."""
    same = Attr("session_epoch").eq(epoch)
    # Items of users who were made before there were epochs have none.
    return same if epoch else same | Attr("session_epoch").not_exists()
