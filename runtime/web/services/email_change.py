"""A change of email address: asked for, confirmed at the new one, stopped at the old one.

The new address gets a link that confirms it; the old one gets a notice, with a link that stops the
change or undoes it. Nothing changes before the new address is confirmed. Whether it has an account
already is told only to its reader.
"""

from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from runtime.common.api_tokens import ApiTokens
from runtime.common.email_addresses import EmailTaken, normalize_email
from runtime.common.email_changes import UNDO_SECONDS, EmailChanges
from runtime.common.log import get_logger
from runtime.common.mail import Email, write_email
from runtime.common.once import Busy
from runtime.common.users import User, UserChanged
from runtime.web.services.account_service import AccountService
from runtime.web.services.billing.billing_errors import BillingError
from runtime.web.services.billing.subscription_sync import SubscriptionSynchronizer, SyncConflict
from runtime.web.services.mail_links import HOUR, VALID_SECONDS, InvalidLink, Link, Purpose

_log = get_logger(__name__)


class SameAddress(Exception):
    """The account has this address already."""


class ChangedLately(Exception):
    """The address changed less than `UNDO_SECONDS` ago."""


@dataclass(frozen=True)
class EmailChangeService:
    """What users and the readers of both addresses do about a change."""

    accounts: AccountService
    changes: EmailChanges
    synchronizer: SubscriptionSynchronizer
    api_tokens: ApiTokens

    def ask(self, user: User, email: str, password: str, *, client: str) -> None:
        """Email both addresses, after the same work whether or not the new one has an account.

        Raises:
            WrongPassword: it isn't the user's.
            SameAddress: the new address is the user's own.
            ChangedLately: an earlier change can still be undone.
            TooManyAttempts: a limit is reached.
        """
        new = normalize_email(email)
        self.accounts.check_password(user, password, client=client)
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
        hours = VALID_SECONDS[Purpose.CHANGE_EMAIL] // HOUR
        self._send(new, self._email(template, link=link, hours=hours))

    def new_address(self, user: User, token: str) -> str:
        """Return the address that a link confirms.

        Raises:
            InvalidLink: the link isn't valid, was used, or is about another account.
        """
        return self._link_of(user, token).addresses[1]

    def confirm(self, user: User, token: str) -> User:
        """Change the address; all sessions end, and the caller starts a new one.

        Raises:
            InvalidLink: the link isn't valid, was used, or is about another account.
            EmailTaken: somebody else has the address by now.
        """
        old, new = self._link_of(user, token).addresses
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
        token = self._sign(Purpose.STOP_EMAIL_CHANGE, user, new, old)
        link = f"{self.accounts.site_url}/stop-email-change/{token}"
        hours = UNDO_SECONDS // HOUR
        self._send(old, self._email(template, name=user.name, address=new, link=link, hours=hours))

    def _sign(self, purpose: Purpose, user: User, new: str, old: str = "") -> str:
        return self.accounts.links.sign(purpose, user, old or user.email, new)

    def _email(self, template: str, **values: object) -> Email:
        return write_email(template, site_url=self.accounts.site_url, **values)

    def _send(self, address: str, email: Email) -> None:
        self.accounts.mailer.send(to=address, email=email)


def _is_pending(link: Link, user: User) -> bool:
    """Whether the account is as it was when the change was asked for."""
    return user.email == link.addresses[0] and user.session_epoch == link.epoch
