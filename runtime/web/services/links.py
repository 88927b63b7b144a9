"""The links that are mailed to people: signed, for one purpose, for a while, and for one use.

A link carries the session epoch that it was made at. It is used up by the conditional write that
it leads to, which needs that epoch, or an address that isn't confirmed: nothing need remember
which links were used.
"""

from dataclasses import dataclass
from enum import StrEnum

from itsdangerous import BadData, URLSafeTimedSerializer

from runtime.common.users import User

HOUR = 3600


class Purpose(StrEnum):
    """What a link is for."""

    CONFIRM = "confirm"
    RESET = "reset"


LASTS_SECONDS = {Purpose.CONFIRM: 24 * HOUR, Purpose.RESET: HOUR}


class BadLink(Exception):
    """The link isn't one of ours, is too old, or was used before."""


@dataclass(frozen=True)
class Link:
    """What a link says: whose it is, and at which session epoch it was made."""

    user_id: str
    epoch: int


class LinkSigner:
    """Makes the tokens of links and reads them; every instance holds the same secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def sign(self, purpose: Purpose, user: User) -> str:
        """Return a token that is safe in a path."""
        return str(self._serializer(purpose).dumps([user.user_id, user.session_epoch]))

    def read(self, purpose: Purpose, token: str) -> Link:
        """Return what a token says.

        Raises:
            BadLink: not signed by us, or for something else, or too old.
        """
        try:
            user_id, epoch = self._serializer(purpose).loads(token, max_age=LASTS_SECONDS[purpose])
        except BadData as error:
            raise BadLink from error
        return Link(user_id=user_id, epoch=epoch)

    def _serializer(self, purpose: Purpose) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._secret, salt=f"gas-link-{purpose}")
