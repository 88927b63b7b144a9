"""Links in emails: signed, for one purpose, valid for a limited time and for one use.

A link carries the user's session epoch of when it was made. The conditional write that follows from
it needs that epoch, or an address that isn't confirmed, and so succeeds once: no list of used links
is needed.
"""

from dataclasses import dataclass
from enum import StrEnum

from itsdangerous import BadData, URLSafeTimedSerializer

from runtime.common.email_changes import UNDO_SECONDS
from runtime.common.users import User

HOUR = 3600
DAY = 24 * HOUR


class Purpose(StrEnum):
    """What a link is for."""

    CONFIRM = "confirm"
    RESET = "reset"
    CHANGE_EMAIL = "change-email"
    AGREE_EMAIL_CHANGE = "agree-email-change"
    STOP_EMAIL_CHANGE = "stop-email-change"
    JOIN = "join"


VALID_SECONDS = {
    Purpose.CONFIRM: 24 * HOUR,
    Purpose.RESET: HOUR,
    Purpose.CHANGE_EMAIL: 7 * DAY,
    Purpose.AGREE_EMAIL_CHANGE: 7 * DAY,
    Purpose.STOP_EMAIL_CHANGE: UNDO_SECONDS,
    Purpose.JOIN: HOUR,
}


class InvalidLink(Exception):
    """The link isn't ours, is too old, or was used before."""


@dataclass(frozen=True)
class Link:
    """What a link says: the user, and their session epoch when it was made.

    Attributes:
        made_at: when it was signed, in epoch seconds.
        addresses: of a change of email address, the old and the new one; of a sign-in with an
            institution, the address, the issuer and the subject.
    """

    user_id: str
    epoch: int
    made_at: int
    addresses: tuple[str, ...] = ()


class LinkSigner:
    """Makes the tokens of links and reads them; every instance has the same secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def sign(self, purpose: Purpose, user: User, *addresses: str) -> str:
        """Return a token that is safe in a path; `addresses` are those of a change."""
        return self.sign_for(purpose, user.user_id, user.session_epoch, *addresses)

    def sign_for(self, purpose: Purpose, user_id: str, epoch: int, *addresses: str) -> str:
        """Return a token for somebody who may have no account."""
        return str(self._serializer(purpose).dumps([user_id, epoch, *addresses]))

    def read(self, purpose: Purpose, token: str) -> Link:
        """Return what a token says.

        Raises:
            InvalidLink: not signed by us, or for something else, or too old.
        """
        try:
            said, made = self._serializer(purpose).loads(
                token, max_age=VALID_SECONDS[purpose], return_timestamp=True
            )
        except BadData as error:
            raise InvalidLink from error
        user_id, epoch, *addresses = said
        return Link(user_id, epoch, int(made.timestamp()), tuple(addresses))

    def _serializer(self, purpose: Purpose) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._secret, salt=f"gas-link-{purpose}")
