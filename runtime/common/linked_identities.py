"""Identities of OpenID Connect that accounts are signed in to with: at most one account each.

An identity has an item of its own in the users table, which names its owner, and the owner's item
lists it. Both are written in one transaction. Web may delete no item, so that of an identity that
was unlinked loses its owner, and is free.
"""

from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr, ConditionBase
from botocore.exceptions import ClientError

from runtime.common import items
from runtime.common.email_addresses import is_owned_by
from runtime.common.items import on_condition
from runtime.common.openid_identity import OpenIdIdentity
from runtime.common.passwords import NO_PASSWORD
from runtime.common.users import User, UserChanged, UserStore, at_epoch, is_alive

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

MOST_IDENTITIES = 10
"""Of one account. It bounds the item, which every request of the user reads."""


class IdentityTaken(Exception):
    """The identity is linked to an account already."""


class LastWayIn(Exception):
    """Without this identity nobody could sign in to the account."""


class TooManyIdentities(Exception):
    """The account has MOST_IDENTITIES already."""


class LinkedIdentities:
    """The users table, for identities.

    Args:
        table: DynamoDB table with the partition key user_id.
    """

    def __init__(self, table: "Table", users: UserStore) -> None:
        self._table = table
        self._users = users

    def owner(self, identity: OpenIdIdentity) -> User | None:
        """Return the user whom an identity signs in; None when it is linked to nobody."""
        item = self._table.get_item(Key={"user_id": identity.key}, ConsistentRead=True)
        owner_id = item.get("Item", {}).get("owner_id")
        return None if owner_id is None else self._users.get(str(owner_id))

    def create_user(self, *, email: str, name: str, identity: OpenIdIdentity) -> User:
        """Write a new user without a password, whose address is known to be theirs.

        Raises:
            EmailTaken: another user has the address, or had it until lately.
            IdentityTaken: the identity is linked.
        """

        def write(user: User) -> list[Any]:
            return [{"Put": self._claim(identity, user.user_id)}]

        if self.owner(identity) is not None:
            raise IdentityTaken
        return self._users.create(
            email=email,
            name=name,
            password=None,
            email_verified=True,
            identities=frozenset({str(identity)}),
            also=write,
        )

    def link(self, user: User, identity: OpenIdIdentity) -> User:
        """Let an identity sign in to an account.

        Raises:
            IdentityTaken: it is linked, to this account or to another.
            TooManyIdentities: the account has as many as it may have.
            UserChanged: the account has changed since it was read, or is gone or going.
        """
        linked = user.identities or frozenset()
        if len(linked) >= MOST_IDENTITIES:
            raise TooManyIdentities
        changed = {"set_": {"identities": linked | {str(identity)}}}
        claim = {"Put": self._claim(identity, user.user_id)}
        if not self._transact(user, linked, claim, Attr("email").exists(), **changed):
            raise IdentityTaken
        return self._read(user)

    def unlink(self, user: User, identity: OpenIdIdentity) -> User:
        """Stop an identity from signing in; all sessions end, and the caller starts a new one.

        Raises:
            LastWayIn: the account has no password, and no other identity.
            UserChanged: the identity isn't the user's, or the account has changed since it was
                read, or is gone or going.
        """
        linked = user.identities or frozenset()
        if str(identity) not in linked:
            raise UserChanged(f"user {user.user_id} has no such identity")
        left = linked - {str(identity)}
        if not left and not user.has_password:
            raise LastWayIn
        # The password may be taken away at the same time.
        condition = Attr("email").exists() if left else Attr("password_hash").ne(NO_PASSWORD)
        return self._remove(user, identity, condition)

    def unlink_all(self, user: User) -> User:
        """Stop every identity from signing in, because somebody else may have linked one. The next
        password is set by mail.

        Raises:
            UserChanged: the account has changed since it was read, or is gone or going.
        """
        for identity in sorted(user.identities or ()):
            user = self._remove(user, OpenIdIdentity.parse(identity), Attr("email").exists())
        return user

    def _remove(self, user: User, identity: OpenIdIdentity, condition: ConditionBase) -> User:
        linked = user.identities or frozenset()
        left = linked - {str(identity)}
        release = {
            "Update": {
                "TableName": self._table.name,
                "Key": {"user_id": identity.key},
                "UpdateExpression": "REMOVE owner_id",
                **on_condition(is_owned_by(user.user_id)),
            }
        }
        changes: dict[str, Any] = {"add": {"session_epoch": 1}}
        changes |= {"set_": {"identities": left}} if left else {"remove": ("identities",)}
        if not self._transact(user, linked, release, condition, **changes):
            raise UserChanged(f"user {user.user_id} has no such identity")
        return self._read(user)

    def _transact(
        self,
        user: User,
        linked: frozenset[str],
        of_identity: dict[str, Any],
        condition: ConditionBase,
        **changes: Any,
    ) -> bool:
        """Change the user and the identity's item, or neither; False where the latter refused."""
        listed = Attr("identities")
        as_read = listed.eq(set(linked)) if linked else listed.not_exists()
        of_user = items.update_arguments(
            {"user_id": user.user_id},
            condition=is_alive() & at_epoch(user.session_epoch) & as_read & condition,
            **changes,
        )
        writes: Any = [{"Update": {"TableName": self._table.name, **of_user}}, of_identity]
        try:
            self._table.meta.client.transact_write_items(TransactItems=writes)
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise
            reasons: Any = error.response.get("CancellationReasons", [])
            if len(reasons) > 1 and reasons[1].get("Code") == "ConditionalCheckFailed":
                return False
            raise UserChanged(f"user {user.user_id} has changed meanwhile") from error
        return True

    def _claim(self, identity: OpenIdIdentity, user_id: str) -> dict[str, Any]:
        """The write that gives a free identity its owner."""
        return {
            "TableName": self._table.name,
            "Item": {"user_id": identity.key, "owner_id": user_id},
            **on_condition(Attr("owner_id").not_exists()),
        }

    def _read(self, user: User) -> User:
        found = self._users.get(user.user_id)
        if found is None:
            raise UserChanged(f"user {user.user_id} is gone")
        return found
