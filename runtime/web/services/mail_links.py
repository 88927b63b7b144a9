"""Links in emails: signed, for one purpose, valid for a limited time and for one use.

A link carries the user's session epoch of when it was made. The conditional write that follows from
it needs that epoch, or an address that isn't confirmed, and so succeeds once: no list of used links
is needed.
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


VALID_SECONDS = {Purpose.CONFIRM: 24 * HOUR, Purpose.RESET: HOUR}


class InvalidLink(Exception):
    """The link isn't ours, is too old, or was used before."""


@dataclass(frozen=True)
class Link:
    """What a link says: the user, and their session epoch when it was made."""

    user_id: str
    epoch: int


class LinkSigner:
    """Makes the tokens of links and reads them; every instance has the same secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def sign(self, purpose: Purpose, user: User) -> str:
        """Return a token that is safe in a path."""
        return str(self._serializer(purpose).dumps([user.user_id, user.session_epoch]))

    def read(self, purpose: Purpose, token: str) -> Link:
        """Return what a token says.

        Raises:
            InvalidLink: not signed by us, or for something else, or too old.
        """
        try:
            user_id, epoch = self._serializer(purpose).loads(token, max_age=VALID_SECONDS[purpose])
        except BadData as error:
            raise InvalidLink from error
        return Link(user_id=user_id, epoch=epoch)

    def _serializer(self, purpose: Purpose) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._secret, salt=f"gas-link-{purpose}")
