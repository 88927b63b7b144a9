"""Accounts of people who sign in with an institution: found, made, linked and unlinked.

A person is found by issuer and subject alone. An account of the same email address is linked only
after a confirmation: its password, or a link that is mailed to the address and opened in the
browser of the sign-in. Otherwise whoever gets an institution to state an address would get the
account, and whoever gets somebody to follow a link would get theirs.
"""

from contextlib import suppress
from dataclasses import dataclass

from runtime.common.linked_identities import LinkedIdentities
from runtime.common.log import get_logger
from runtime.common.mail import write_email
from runtime.common.openid_identity import OpenIdIdentity
from runtime.common.users import NOBODY_ID, User, UserChanged
from runtime.web.services.account_service import AccountService
from runtime.web.services.mail_links import VALID_SECONDS, InvalidLink, Purpose
from runtime.web.services.openid.institutions import Person
from runtime.web.services.rate_limit import HOUR

_log = get_logger(__name__)


@dataclass(frozen=True)
class InstitutionAccounts:
    """What people do about accounts and their identities at institutions."""

    accounts: AccountService
    identities: LinkedIdentities

    def owner(self, identity: OpenIdIdentity) -> User | None:
        """Return the user whom an identity signs in; also one whose account is being deleted."""
        return self.identities.owner(identity)

    def has_account(self, email: str) -> bool:
        """Whether an address has an account; only its owner may learn that."""
        return self.accounts.users.by_email(email) is not None

    def create(self, person: Person, *, email: str, name: str) -> User:
        """Make an account without a password, for a person to whom the address is known to belong.

        Raises:
            EmailTaken: the address has an account, or had one until lately.
            IdentityTaken: the identity is linked.
        """
        user = self.identities.create_user(email=email, name=name, identity=person.identity)
        _log.info("an account was made for an identity", user_id=user.user_id)
        return user

    def link(self, user: User, identity: OpenIdIdentity, label: str) -> User:
        """Let an identity sign in to an account, and tell the owner.

        Raises:
            IdentityTaken: it is linked, to this account or to another.
            TooManyIdentities: the account has as many as it may have.
            UserChanged: the account has changed meanwhile.
        """
        changed = self.identities.link(user, identity)
        _log.info("an identity was linked", user_id=user.user_id, issuer=identity.issuer)
        self.accounts.tell("identity_linked", changed, label=label)
        return changed

    def unlink(self, user: User, identity: OpenIdIdentity, label: str) -> User:
        """Stop an identity from signing in, and tell the owner; all sessions end.

        Raises:
            LastWayIn: nothing else signs in to the account.
            UserChanged: the identity isn't the user's, or the account has changed meanwhile.
        """
        changed = self.identities.unlink(user, identity)
        _log.info("an identity was unlinked", user_id=user.user_id, issuer=identity.issuer)
        self.accounts.tell("identity_unlinked", changed, label=label)
        return changed

    def mail_link(self, person: Person, email: str, *, client: str) -> None:
        """Email a link that confirms an address; the same whether or not it has an account.

        Raises:
            TooManyAttempts: this client, or email to this address, has reached its limit.
        """
        self.accounts.count_email(email, client)
        identity = person.identity
        token = self.accounts.links.sign_for(
            Purpose.JOIN, NOBODY_ID, 0, email, identity.issuer, identity.subject
        )
        letter = write_email(
            "institution_link",
            label=person.label,
            link=f"{self.accounts.site_url}/sign-in/new/{token}",
            hours=VALID_SECONDS[Purpose.JOIN] // HOUR,
            site_url=self.accounts.site_url,
        )
        self.accounts.mailer.send(to=email, email=letter)

    def confirmed_address(self, person: Person, token: str) -> str:
        """Return the address that a link was mailed to, for the person who asked for it.

        Raises:
            InvalidLink: it isn't valid, or is about another identity than this browser's.
        """
        email, issuer, subject = self.accounts.links.read(Purpose.JOIN, token).addresses
        if OpenIdIdentity(issuer, subject) != person.identity:
            raise InvalidLink
        return email

    def confirmed_user(self, email: str) -> User | None:
        """Return the account of an address whose reader followed a link; None where it has none.

        A password that was set before anybody confirmed the address is taken away: somebody else
        may have chosen it.

        Raises:
            InvalidLink: the account is being deleted.
        """
        user = self.accounts.users.by_email(email)
        if user is None or user.email_verified:
            if user is not None and user.is_blocked:
                raise InvalidLink
            return user
        with suppress(UserChanged):  # confirmed meanwhile by another link
            self.accounts.users.forget_password(user.user_id)
            self.accounts.users.confirm_email(user.user_id)
        return self.accounts.users.get(user.user_id)
