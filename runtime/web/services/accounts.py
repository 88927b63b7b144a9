"""Accounts: made, confirmed, entered, recovered and ended.

Whoever asks for mail gets one answer, and the same work is done for it, whether or not the
address has an account: an unknown address is written to as well. So nobody learns who is here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from runtime.common.log import get_logger
from runtime.common.mail import Email, Mailer, write_email
from runtime.common.passwords import NO_PASSWORD
from runtime.common.users import (
    NOBODY_ID,
    EmailTaken,
    User,
    UserChanged,
    UserStore,
    normalize_email,
)
from runtime.web.services import password_rule
from runtime.web.services.links import LASTS_SECONDS, BadLink, LinkSigner, Purpose
from runtime.web.services.throttle import HOUR, MINUTE, Limit, Throttle

_log = get_logger(__name__)


class WrongPassword(Exception):
    """Address and password don't belong together, or the password isn't the user's."""


class Unconfirmed(Exception):
    """The password is right, and the address isn't confirmed yet."""


class WeakPassword(Exception):
    """A new password that is refused; the text says why."""


SIGN_IN_FROM_HERE = Limit("sign-in-from-here", tries=10, seconds=15 * MINUTE)
"""Of one address by one client: too few to guess with, and strangers can't lock the owner out."""

SIGN_IN = Limit("sign-in", tries=100, seconds=HOUR)
"""Of one address by anybody. https://pages.nist.gov/800-63-4/sp800-63b.html#throttle"""

MAILS = Limit("mail", tries=5, seconds=HOUR)
"""To one address."""


@dataclass(frozen=True, kw_only=True)
class AccountService:
    """What visitors and users do about their accounts.

    Args:
        client_tries: sign-ins and mails that one client may ask for in 15 minutes.
    """

    users: UserStore
    mailer: Mailer
    links: LinkSigner
    throttle: Throttle
    site_url: str
    client_tries: int

    def register(self, *, name: str, email: str, password: str, client: str) -> None:
        """Make an account and mail a link that confirms it; write to who has one already.

        Registered again before it is confirmed, it has no password until one is set by mail: of two
        people who chose one, only the reader of the mail is known to own the address.

        Raises:
            WeakPassword: the password is refused.
            TooMany: this client, or mail to this address, has reached its limit.
        """
        _check_new_password(password, email=email, name=name)
        self._take_mail(email, client)
        taken = False
        try:
            self.users.create(email=email, name=name, password=password)
        except EmailTaken:
            taken = True
        user = self.users.by_email(email)
        # Nobody's, where it isn't in doubt, so that the same is done for every address.
        self._doubt_password(user.user_id if taken and user else NOBODY_ID)
        self._write(Purpose.CONFIRM, email)

    def send_link(self, purpose: Purpose, email: str, *, client: str) -> None:
        """Mail a link that confirms the address, or one that resets the password.

        Raises:
            TooMany: this client, or mail to this address, has reached its limit.
        """
        self._take_mail(email, client)
        self._write(purpose, email)

    def confirm(self, token: str) -> User:
        """Confirm the address that a link was mailed to.

        Raises:
            BadLink: the link is no good, or was used.
        """
        link = self.links.read(Purpose.CONFIRM, token)
        try:
            return self.users.confirm_email(link.user_id)
        except UserChanged as error:
            raise BadLink from error

    def of_reset_link(self, token: str) -> User:
        """Return the user whose password a link resets.

        Raises:
            BadLink: the link is no good, or was used.
        """
        link = self.links.read(Purpose.RESET, token)
        user = self.users.get(link.user_id)
        if user is None or user.deleted_at is not None or user.session_epoch != link.epoch:
            raise BadLink
        return user

    def reset_password(self, token: str, password: str, *, client: str) -> User:
        """Set another password by a mailed link; all sessions end, and guesses are forgiven.

        Who has tried in vain until the limit isn't kept from trying the new one.

        Raises:
            BadLink: the link is no good, or was used.
            WeakPassword: the password is refused.
        """
        user = self.of_reset_link(token)
        try:
            changed = self._set_password(user, password)
        except UserChanged as error:
            raise BadLink from error
        for limit, subject in _guesses(user.email, client):
            self.throttle.forgive(limit, *subject)
        return changed

    def sign_in(self, email: str, password: str, *, client: str) -> User:
        """Return the user of this address and password.

        Raises:
            WrongPassword: there is none.
            Unconfirmed: there is one, who has to confirm the address first.
            TooMany: there were too many tries.
        """
        with self._try(email, client):
            user = self.users.authenticate(email, password)
            if user is None:
                raise WrongPassword
        if not user.email_verified:
            raise Unconfirmed
        return user

    def change_password(self, user: User, old: str, new: str, *, client: str) -> User:
        """Set another password by the old one; all sessions end, the caller begins a new one.

        Raises:
            WrongPassword: the old password isn't the user's.
            WeakPassword: the new password is refused.
            TooMany: there were too many tries.
            UserChanged: it was changed at the same moment, elsewhere.
        """
        self.check_password(user, old, client=client)
        changed = self._set_password(user, new)
        try:
            self.mailer.send(to=user.email, email=self._email("password_changed", user))
        except (ClientError, BotoCoreError):
            # It is changed: whoever did it must hear so, and stay signed in.
            _log.exception("a change of password couldn't be mailed", user_id=user.user_id)
        return changed

    def check_password(self, user: User, password: str, *, client: str) -> None:
        """Ask a user who is signed in for the password once more.

        Raises:
            WrongPassword: it isn't the user's.
            TooMany: there were too many tries.
        """
        with self._try(user.email, client):
            if self.users.authenticate(user.email, password) is None:
                raise WrongPassword

    def _set_password(self, user: User, password: str) -> User:
        _check_new_password(password, email=user.email, name=user.name)
        return self.users.set_password(user.user_id, password, epoch=user.session_epoch)

    def _doubt_password(self, user_id: str) -> None:
        try:
            self.users.forget_password(user_id)
        except UserChanged:
            _log.info("registered: new, or confirmed before", user_id=user_id)

    def _write(self, purpose: Purpose, email: str) -> None:
        user = self.users.by_email(email)
        self.mailer.send(to=normalize_email(email), email=self._answer(purpose, user))

    def _answer(self, purpose: Purpose, user: User | None) -> Email:
        if user is None:
            return write_email("no_account", site_url=self.site_url)
        if user.deleted_at is not None:
            return write_email("account_leaving", site_url=self.site_url)
        if purpose is Purpose.CONFIRM and user.email_verified:
            return self._email("already_registered", user)
        template = f"{purpose}_link"
        if purpose is Purpose.CONFIRM and user.password_hash == NO_PASSWORD:
            template, purpose = "registered_twice", Purpose.RESET
        return self._email(
            template,
            user,
            link=f"{self.site_url}/{purpose}/{self.links.sign(purpose, user)}",
            hours=LASTS_SECONDS[purpose] // HOUR,
        )

    def _email(self, template: str, user: User, **values: object) -> Email:
        # What strangers give for a name isn't sent to an address that they may not own.
        name = user.name if user.email_verified else ""
        return write_email(template, name=name, site_url=self.site_url, **values)

    def _take_mail(self, email: str, client: str) -> None:
        self.throttle.take(self._by_client, client)
        self.throttle.take(MAILS, normalize_email(email))

    @contextmanager
    def _try(self, email: str, client: str) -> Iterator[None]:
        """Count a try before it is made, so that tries at once count too; only failures stay."""
        tries = ((self._by_client, (client,)), *_guesses(normalize_email(email), client))
        for limit, subject in tries:
            self.throttle.take(limit, *subject)
        yield
        for limit, subject in tries:
            self.throttle.give_back(limit, *subject)

    @property
    def _by_client(self) -> Limit:
        return Limit("client", tries=self.client_tries, seconds=15 * MINUTE)


def _guesses(address: str, client: str) -> tuple[tuple[Limit, tuple[str, ...]], ...]:
    """The limits of guesses at the password of one address, each with its subject."""
    return (SIGN_IN_FROM_HERE, (address, client)), (SIGN_IN, (address,))


def _check_new_password(password: str, *, email: str, name: str) -> None:
    fault = password_rule.fault(password, email=email, name=name)
    if fault:
        raise WeakPassword(fault)
