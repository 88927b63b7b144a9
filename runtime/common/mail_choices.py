"""Which emails about jobs a user wants; those about the account itself always come."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from runtime.common.users import User, change_user

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class MailKind(StrEnum):
    """What an email about jobs tells. The users table holds the values."""

    ENDED = "ended"
    ARCHIVED = "archived"
    RESTORED = "restored"


class MailChoice(StrEnum):
    """How a user wants to be told. The users table holds the values."""

    DIGEST = "digest"
    EACH = "each"
    NONE = "none"


def mail_choice(user: User, kind: MailKind) -> MailChoice:
    """Return how the user wants to be told of one kind; who never chose gets digests."""
    return MailChoice(user.mail_choices.get(kind, MailChoice.DIGEST))


class MailChoices:
    """What users have chosen, in the users table.

    Args:
        table: the users table.
    """

    def __init__(self, table: "Table") -> None:
        self._table = table

    def choose(self, user_id: str, choices: Mapping[MailKind, MailChoice]) -> None:
        """Write what a user has chosen.

        Raises:
            UserChanged: the account is gone or going.
        """
        chosen = {MailKind(kind).value: choice.value for kind, choice in choices.items()}
        change_user(self._table, user_id, set_={"mail_choices": chosen})
