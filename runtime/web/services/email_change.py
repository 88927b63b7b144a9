"""A change of email address: asked for, then confirmed at both addresses, or stopped at the old.

Each address gets a link that confirms the change, and the old one another that stops or undoes it.
Who can't read the old address any more waits: `WITHOUT_OLD_SECONDS` after the change was asked for
the new address alone is enough, if nobody has stopped it. Whether the new address has an account
already is told only to its reader.
"""

import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from runtime.common.api_tokens import ApiTokens
from runtime.common.email_addresses import EmailTaken, normalize_email
from runtime.common.email_changes import UNDO_SECONDS, EmailChanges
from runtime.common.linked_identities import LinkedIdentities
from runtime.common.log import get_logger
from runtime.common.mail import Email, write_email
from runtime.common.once import Busy
from runtime.common.owned_items import ItemExists, OwnedItems, of_user
from runtime.common.users import User, UserChanged
from runtime.contract.dynamodb import EMAIL_CHANGE_ITEM
from runtime.web.services.account_service import AccountService
from runtime.web.services.billing.billing_errors import BillingError
from runtime.web.services.billing.subscription_sync import SubscriptionSynchronizer, SyncConflict
from runtime.web.services.mail_links import DAY, HOUR, VALID_SECONDS, InvalidLink, Link, Purpose

WITHOUT_OLD_SECONDS = UNDO_SECONDS
"""As long as the reader of the old address can stop it."""

_OLD, _NEW = "old_confirmed", "new_confirmed"

_log = get_logger(__name__)


class SameAddress(Exception):
    """The account has this address already."""


class ChangedLately(Exception):
    """The address changed less than `UNDO_SECONDS` ago."""


@dataclass(frozen=True)
class Waiting:
    """The change isn't made yet: the other address is to confirm it.

    Attributes:
        alone_from: the epoch second from which the new address alone is enough.
    """

    user: User
    alone_from: int


@dataclass(frozen=True)
class EmailChangeService:
    """What users and the readers of both addresses do about a change.

    Args:
        clock: returns the time in epoch seconds.
    """

    accounts: AccountService
    changes: EmailChanges
    synchronizer: SubscriptionSynchronizer
    api_tokens: ApiTokens
    items: OwnedItems
    identities: LinkedIdentities
    clock: Callable[[], float] = time.time

    def ask(self, user: User, email: str, *, client: str) -> None:
        """Email both addresses, after the same work whether or not the new one has an account.

        The caller has made sure that the user is the account's owner.

        Raises:
            SameAddress: the new address is the user's own.
            ChangedLately: an earlier change can still be undone.
            TooManyAttempts: a limit is reached.
        """
        new = normalize_email(email)
        if new == user.email:
            raise SameAddress
        if not self.changes.may_change(user):
            raise ChangedLately
        for address in (new, user.email):
            self.accounts.count_email(address, client)
        is_taken = self.accounts.users.by_email(new) is not None
        self._tell_old("email_change_asked", user, user.email, new)
        link = (
            f"{self.accounts.site_url}/profile/email/{self._sign(Purpose.CHANGE_EMAIL, user, new)}"
        )
        template = "email_change_taken" if is_taken else "email_change_link"
        days = VALID_SECONDS[Purpose.CHANGE_EMAIL] // DAY
        self._send(new, self._email(template, link=link, days=days))

    def new_address(self, user: User, token: str) -> str:
        """Return the address that a link confirms.

        Raises:
            InvalidLink: the link isn't valid, was used, or is about another account.
        """
        return self._link_of(user, token).addresses[1]

    def confirm(self, user: User, token: str) -> User | Waiting:
        """Confirm a change at the new address. Where that changes it, all sessions end.

        Raises:
            InvalidLink: the link isn't valid, was used, or is about another account.
            EmailTaken: somebody else has the address by now.
        """
        link = self._link_of(user, token)
        alone_from = link.made_at + WITHOUT_OLD_SECONDS
        both = self._note(link, _NEW)
        if not both and self.clock() < alone_from:
            return Waiting(user, alone_from)
        return self._change(user, link)

    def agreed_user(self, token: str) -> User:
        """Return the account of a link of the old address.

        Raises:
            InvalidLink: the link isn't valid, or the account has changed since.
        """
        return self._agreed(token)[1]

    def agree(self, token: str) -> User | Waiting:
        """Confirm a change at the old address. Where that changes it, all sessions end.

        Raises:
            InvalidLink: the link isn't valid, or was used.
            EmailTaken: somebody else has the new address by now.
        """
        link, user = self._agreed(token)
        if not self._note(link, _OLD):
            return Waiting(user, link.made_at + WITHOUT_OLD_SECONDS)
        return self._change(user, link)

    def _agreed(self, token: str) -> tuple[Link, User]:
        link = self.accounts.links.read(Purpose.AGREE_EMAIL_CHANGE, token)
        user = self.accounts.users.get(link.user_id)
        if user is None or not _is_pending(link, user):
            raise InvalidLink
        return link, user

    def _note(self, link: Link, at: str) -> bool:
        """Note that one address has confirmed the change; return whether now both have."""
        owner = of_user(link.user_id)
        # An epoch later it is another change, whose addresses confirm it anew.
        said = hashlib.sha256("\0".join((str(link.epoch), *link.addresses)).encode()).hexdigest()
        item_id = f"{EMAIL_CHANGE_ITEM}{said}"
        expires_at = int(self.clock()) + VALID_SECONDS[Purpose.CHANGE_EMAIL]
        with suppress(ItemExists):
            self.items.create(owner, item_id, {"expires_at": expires_at})
        return {_OLD, _NEW} <= set(self.items.update(owner, item_id, set_={at: True}))

    def _change(self, user: User, link: Link) -> User:
        old, new = link.addresses
        try:
            changed = self.changes.change(user.user_id, old=old, new=new, epoch=user.session_epoch)
        except UserChanged as error:
            raise InvalidLink from error
        _log.info("an account has another email address", user_id=user.user_id)
        self._update_customer(changed)
        try:
            self._tell_old("email_change_done", changed, old, new)
        except (ClientError, BotoCoreError):
            # It has changed, which the page must say; the first notice has a link that undoes it.
            _log.exception("the old address couldn't be told of a change", user_id=user.user_id)
        return changed

    def is_stoppable(self, token: str) -> bool:
        """Whether a link of the old address can still stop or undo its change."""
        try:
            link = self.accounts.links.read(Purpose.STOP_EMAIL_CHANGE, token)
        except InvalidLink:
            return False
        user = self.accounts.users.get(link.user_id)
        return user is not None and (_is_pending(link, user) or self._is_done(link, user))

    def stop(self, token: str) -> User:
        """Stop a change, or undo it; all sessions and tokens end, and the password is taken away.
        Institutions are unlinked, since whoever knew the password could link one.

        Raises:
            InvalidLink: the link isn't valid, was used, or the change can't be undone any more.
        """
        link = self.accounts.links.read(Purpose.STOP_EMAIL_CHANGE, token)
        user = self.accounts.users.get(link.user_id)
        if user is None:
            raise InvalidLink
        old, new = link.addresses
        was_done = self._is_done(link, user)
        try:
            if was_done:
                restored = self.changes.undo(user.user_id, old=old, new=new)
            else:
                restored = self.changes.prevent(user.user_id, old=old, epoch=link.epoch)
        except (UserChanged, EmailTaken) as error:
            raise InvalidLink from error
        self.api_tokens.revoke_all(user.user_id)
        restored = self.identities.unlink_all(restored)
        if was_done:
            _log.warning("a change of email address was undone", user_id=user.user_id)
            self._update_customer(restored)
        return restored

    def _link_of(self, user: User, token: str) -> Link:
        link = self.accounts.links.read(Purpose.CHANGE_EMAIL, token)
        if link.user_id != user.user_id or not _is_pending(link, user):
            raise InvalidLink
        return link

    def _is_done(self, link: Link, user: User) -> bool:
        old, new = link.addresses
        is_there = user.email == new and old in (user.former_emails or ())
        return is_there and not self.changes.may_change(user)

    def _update_customer(self, user: User) -> None:
        """Have Stripe's customer follow now; otherwise the next synchronization does it."""
        try:
            self.synchronizer.sync(user.user_id)
        except (BillingError, SyncConflict, Busy):
            _log.warning("Stripe's customer has the old address", user_id=user.user_id)

    def _tell_old(self, template: str, user: User, old: str, new: str) -> None:
        stop = self._sign(Purpose.STOP_EMAIL_CHANGE, user, new, old)
        agree = self._sign(Purpose.AGREE_EMAIL_CHANGE, user, new, old)
        email = self._email(
            template,
            name=user.name,
            address=new,
            link=f"{self.accounts.site_url}/stop-email-change/{stop}",
            agree=f"{self.accounts.site_url}/agree-email-change/{agree}",
            hours=UNDO_SECONDS // HOUR,
        )
        self._send(old, email)

    def _sign(self, purpose: Purpose, user: User, new: str, old: str = "") -> str:
        return self.accounts.links.sign(purpose, user, old or user.email, new)

    def _email(self, template: str, **values: object) -> Email:
        return write_email(template, site_url=self.accounts.site_url, **values)

    def _send(self, address: str, email: Email) -> None:
        self.accounts.mailer.send(to=address, email=email)


def _is_pending(link: Link, user: User) -> bool:
    """Whether the account is as it was when the change was asked for."""
    return user.email == link.addresses[0] and user.session_epoch == link.epoch
