"""Accounts: register, confirm an address, sign in, reset and change passwords.

Whoever asks for an email gets the same answer, after the same work, whether or not the address has
an account: unknown addresses get an email, too. So nobody can find out who has an account.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from runtime.common.email_addresses import EmailTaken, normalize_email
from runtime.common.log import get_logger
from runtime.common.mail import Email, Mailer, write_email
from runtime.common.passwords import NO_PASSWORD, is_password
from runtime.common.users import (
    NOBODY_ID,
    User,
    UserChanged,
    UserStore,
)
from runtime.web.services import password_policy
from runtime.web.services.mail_links import VALID_SECONDS, InvalidLink, LinkSigner, Purpose
from runtime.web.services.rate_limit import HOUR, MINUTE, RateLimit, RateLimiter

_log = get_logger(__name__)


class WrongPassword(Exception):
    """The address and the password don't match, or the password isn't the user's."""


class UnconfirmedEmail(Exception):
    """The password is right, but the address isn't confirmed yet."""


class Suspended(Exception):
    """The password is right, but an operator has suspended the account."""


class WeakPassword(Exception):
    """A new password that is refused; the text says why."""


SIGN_INS_BY_CLIENT = RateLimit("sign-in-from-here", attempts=10, seconds=15 * MINUTE)
"""To one address by one client: too few to guess by, and strangers can't lock out the owner."""

SIGN_INS = RateLimit("sign-in", attempts=100, seconds=HOUR)
"""To one address by all clients. https://pages.nist.gov/800-63-4/sp800-63b.html#throttle"""

EMAILS = RateLimit("mail", attempts=5, seconds=HOUR)
"""To one address."""

UNCHANGED = "That is your current password. Choose another one."


@dataclass(frozen=True, kw_only=True)
class AccountService:
    """What visitors and users do with their accounts.

    Args:
        client_tries: attempts to sign in, and emails, that one client may ask for in 15 minutes.
    """

    users: UserStore
    mailer: Mailer
    links: LinkSigner
    limiter: RateLimiter
    site_url: str
    client_tries: int

    def register(self, *, name: str, email: str, password: str, client: str) -> None:
        """Create an account and email a link that confirms it; existing accounts get an email, too.

        If an address is registered again before it was confirmed, the account loses its password
        until one is set through an emailed link: of the two people who chose a password, only the
        one who reads the email is known to own the address.

        Raises:
            WeakPassword: the password is refused.
            TooManyAttempts: this client, or email to this address, has reached its limit.
        """
        _check_new_password(password, email=email, name=name)
        self.count_email(email, client)
        taken = False
        try:
            self.users.create(email=email, name=name, password=password)
        except EmailTaken:
            taken = True
        user = self.users.by_email(email)
        # A dummy id where there is nothing to remove, so that every address costs the same work.
        self._remove_unconfirmed_password(user.user_id if taken and user else NOBODY_ID)
        self._send(Purpose.CONFIRM, email)

    def send_link(self, purpose: Purpose, email: str, *, client: str) -> None:
        """Email a link that confirms the address, or one that resets the password.

        Raises:
            TooManyAttempts: this client, or email to this address, has reached its limit.
        """
        self.count_email(email, client)
        self._send(purpose, email)

    def confirm(self, token: str) -> User:
        """Confirm the address that a link was emailed to.

        Raises:
            InvalidLink: the link isn't valid, or was used.
        """
        link = self.links.read(Purpose.CONFIRM, token)
        try:
            return self.users.confirm_email(link.user_id)
        except UserChanged as error:
            raise InvalidLink from error

    def user_of_reset_link(self, token: str) -> User:
        """Return the user whose password a link resets.

        Raises:
            InvalidLink: the link isn't valid, or was used.
        """
        link = self.links.read(Purpose.RESET, token)
        user = self.users.get(link.user_id)
        if user is None or user.deleted_at is not None or user.session_epoch != link.epoch:
            raise InvalidLink
        return user

    def reset_password(self, token: str, password: str, *, client: str) -> User:
        """Set a new password through an emailed link; all sessions end.

        Failed sign-ins are forgotten, so that a user who reached the limit can sign in.

        Raises:
            InvalidLink: the link isn't valid, or was used.
            WeakPassword: the password is refused.
        """
        user = self.user_of_reset_link(token)
        try:
            changed = self._set_password(user, password)
        except UserChanged as error:
            raise InvalidLink from error
        for limit, subject in _sign_in_limits(user.email, client):
            self.limiter.reset(limit, *subject)
        return changed

    def sign_in(self, email: str, password: str, *, client: str) -> User:
        """Return the user with this address and password.

        Raises:
            WrongPassword: there is none.
            Suspended: there is one, whose account is suspended.
            UnconfirmedEmail: there is one, who must confirm the address first.
            TooManyAttempts: a limit is reached.
        """
        with self._attempt(email, client):
            user = self.users.authenticate(email, password)
            if user is None:
                raise WrongPassword
        if user.suspended_at is not None:
            raise Suspended
        if not user.email_verified:
            raise UnconfirmedEmail
        return user

    def change_password(self, user: User, old: str, new: str, *, client: str) -> User:
        """Set a new password with the old one; all sessions end, and the caller starts a new one.

        Raises:
            WrongPassword: the old password isn't the user's.
            WeakPassword: the new password is refused.
            TooManyAttempts: a limit is reached.
            UserChanged: it was changed elsewhere at the same time.
        """
        self.check_password(user, old, client=client)
        changed = self._set_password(user, new)
        self.tell("password_changed", user)
        return changed

    def check_password(self, user: User, password: str, *, client: str) -> None:
        """Check the password of a user who is signed in.

        Raises:
            WrongPassword: it isn't the user's.
            TooManyAttempts: a limit is reached.
        """
        with self._attempt(user.email, client):
            if self.users.authenticate(user.email, password) is None:
                raise WrongPassword

    def tell(self, template: str, user: User, **values: object) -> None:
        """Email the owner that something has changed about their sign-in.

        An email that can't be sent is logged only: the change is made, and the user must see that.
        """
        try:
            self.mailer.send(to=user.email, email=self._email(template, user, **values))
        except (ClientError, BotoCoreError):
            _log.exception(
                "the email about a change couldn't be sent", user_id=user.user_id, about=template
            )

    def count_email(self, email: str, client: str) -> None:
        """Count an email that a client asks for.

        Raises:
            TooManyAttempts: this client, or email to this address, has reached its limit.
        """
        self.limiter.hit(self._by_client, client)
        self.limiter.hit(EMAILS, normalize_email(email))

    def _set_password(self, user: User, password: str) -> User:
        if is_password(password, user.password_hash):
            raise WeakPassword(UNCHANGED)
        _check_new_password(password, email=user.email, name=user.name)
        return self.users.set_password(user.user_id, password, epoch=user.session_epoch)

    def _remove_unconfirmed_password(self, user_id: str) -> None:
        try:
            self.users.forget_password(user_id)
        except UserChanged:
            _log.info("no unconfirmed password to remove", user_id=user_id)

    def _send(self, purpose: Purpose, email: str) -> None:
        user = self.users.by_email(email)
        self.mailer.send(to=normalize_email(email), email=self._email_about(purpose, user))

    def _email_about(self, purpose: Purpose, user: User | None) -> Email:
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
            hours=VALID_SECONDS[purpose] // HOUR,
        )

    def _email(self, template: str, user: User, **values: object) -> Email:
        # A name that a stranger chose isn't sent to an address that may be somebody else's.
        name = user.name if user.email_verified else ""
        return write_email(template, name=name, site_url=self.site_url, **values)

    @contextmanager
    def _attempt(self, email: str, client: str) -> Iterator[None]:
        """Count an attempt before it is made, so that concurrent ones count; uncount a success."""
        limits = ((self._by_client, (client,)), *_sign_in_limits(normalize_email(email), client))
        for limit, subject in limits:
            self.limiter.hit(limit, *subject)
        yield
        for limit, subject in limits:
            self.limiter.refund(limit, *subject)

    @property
    def _by_client(self) -> RateLimit:
        return RateLimit("client", attempts=self.client_tries, seconds=15 * MINUTE)


def _sign_in_limits(address: str, client: str) -> tuple[tuple[RateLimit, tuple[str, ...]], ...]:
    """The limits of sign-ins to one address, each with its subject."""
    return (SIGN_INS_BY_CLIENT, (address, client)), (SIGN_INS, (address,))


def _check_new_password(password: str, *, email: str, name: str) -> None:
    problem = password_policy.violation(password, email=email, name=name)
    if problem:
        raise WeakPassword(problem)
