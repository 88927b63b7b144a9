"""The second factor: a code of an authenticator app (TOTP), or a recovery code.

Codes follow RFC 6238 with the values that every app has: SHA-1, 6 digits, 30 seconds. The secret is
kept encrypted (`secret_box.py`), recovery codes as hashes. Both are shown once.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

import pyotp
from boto3.dynamodb.conditions import Attr

from runtime.common.log import get_logger
from runtime.common.owned_items import ItemExists, ItemMissing, OwnedItems, of_user
from runtime.common.users import User
from runtime.contract.dynamodb import SECOND_FACTOR_ITEM
from runtime.web.services.rate_limit import HOUR, MINUTE, RateLimit, RateLimiter
from runtime.web.services.secret_box import SecretBox, Unreadable

_ACTIVE = f"{SECOND_FACTOR_ITEM}active"
_PENDING = f"{SECOND_FACTOR_ITEM}pending"
_RECOVERY = f"{SECOND_FACTOR_ITEM}recovery#"

STEP_SECONDS = 30
STEPS_OFF = 1
"""Codes of the step before and after are right too, since clocks differ and typing takes time.
https://www.rfc-editor.org/rfc/rfc6238#section-5.2"""

PENDING_SECONDS = 15 * MINUTE
"""Within this time the first code must be entered."""

RECOVERY_CODES = 10
_GROUPS, _GROUP = 4, 4
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters that look like digits. 16 of these 31 are 79 bits: a plain hash is enough."""

CODES_BY_CLIENT = RateLimit("code-from-here", attempts=10, seconds=15 * MINUTE)
CODES = RateLimit("code", attempts=30, seconds=HOUR)
"""For one account by all clients. A guess is right by 3 in a million, so a day of guessing by
somebody who knows the password succeeds by 1 in 460."""

ISSUER = "GAS"
"""The name under which an app lists the code."""

_log = get_logger(__name__)


class WrongCode(Exception):
    """The code isn't the account's, has expired, or was used before."""


class NotBegun(Exception):
    """There is no secret to confirm, or it has expired."""


@dataclass(frozen=True)
class Enrolment:
    """A secret that isn't confirmed yet: in Base32, and as the address that a QR code holds."""

    secret: str
    uri: str


@dataclass(frozen=True, kw_only=True)
class SecondFactor:
    """The second factor of accounts with a password.

    Args:
        clock: returns the time in epoch seconds.
    """

    items: OwnedItems
    box: SecretBox
    limiter: RateLimiter
    clock: Callable[[], float] = time.time

    def is_on(self, user: User) -> bool:
        """Whether the account's sign-in needs a code after the password."""
        return self.items.get(of_user(user.user_id), _ACTIVE) is not None

    def codes_left(self, user: User) -> int:
        """Return how many recovery codes are unused."""
        return len(self.items.all(of_user(user.user_id), _RECOVERY))

    def begin(self, user: User) -> None:
        """Make a secret, which counts once a code of it is entered."""
        owner = of_user(user.user_id)
        self.items.delete(owner, _PENDING)
        secret = self.box.encrypt(pyotp.random_base32(), subject=user.user_id)
        expires_at = int(self.clock()) + PENDING_SECONDS
        self.items.create(owner, _PENDING, {"secret": secret, "expires_at": expires_at})

    def enrolment(self, user: User) -> Enrolment:
        """Return the secret that waits for its first code.

        Raises:
            NotBegun: there is none, or it has expired.
        """
        secret = self._secret(user, _PENDING)
        if secret is None:
            raise NotBegun
        uri = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)
        return Enrolment(secret, uri)

    def turn_on(self, user: User, code: str) -> list[str]:
        """Turn it on with the first code; return the recovery codes.

        Raises:
            NotBegun: there is no secret, it has expired, or the second factor is on already.
            WrongCode: the code isn't of that secret.
        """
        owner = of_user(user.user_id)
        if self.is_on(user):
            raise NotBegun
        step = self._step_of(self.enrolment(user).secret, code)
        if step is None:
            raise WrongCode
        pending = self.items.get(owner, _PENDING) or {}
        try:
            self.items.create(owner, _ACTIVE, {"secret": pending["secret"], "last_step": step})
        except (ItemExists, KeyError) as error:
            raise NotBegun from error
        # After that: of two requests at once, the second mustn't replace the codes of the first.
        codes = self._make_recovery_codes(user)
        self.items.delete(owner, _PENDING)
        _log.info("a second factor was turned on", user_id=user.user_id)
        return codes

    def check(self, user: User, code: str, *, client: str) -> bool:
        """Check a code, and use it up; return whether it was a recovery code.

        Raises:
            WrongCode: it isn't the account's, has expired, or was used before.
            TooManyAttempts: a limit is reached.
        """
        limits = ((CODES_BY_CLIENT, (user.user_id, client)), (CODES, (user.user_id,)))
        for limit, subject in limits:
            self.limiter.hit(limit, *subject)
        is_recovery = not self._uses_code(user, code)
        if is_recovery and not self._uses_recovery_code(user, code):
            raise WrongCode
        for limit, subject in limits:
            self.limiter.refund(limit, *subject)
        return is_recovery

    def renew_recovery_codes(self, user: User) -> list[str]:
        """Return new recovery codes; the earlier ones stop working. The caller checked a code."""
        return self._make_recovery_codes(user)

    def turn_off(self, user: User) -> None:
        """Delete the secret and the recovery codes. The caller checked a code."""
        owner = of_user(user.user_id)
        for item in self.items.all(owner, SECOND_FACTOR_ITEM):
            self.items.delete(owner, item["item_id"])
        _log.info("a second factor was turned off", user_id=user.user_id)

    def _secret(self, user: User, item_id: str) -> str | None:
        item = self.items.get(of_user(user.user_id), item_id)
        return None if item is None else self.box.decrypt(item["secret"], subject=user.user_id)

    def _uses_code(self, user: User, code: str) -> bool:
        """Whether this is a code of the app, which no sign-in has used, nor a later one."""
        try:
            secret = self._secret(user, _ACTIVE)
        except Unreadable:
            # The session secret was replaced. Recovery codes still work: docs/sign-in.md.
            _log.exception("a second factor can't be read", user_id=user.user_id)
            return False
        step = self._step_of(secret, code) if secret else None
        if step is None:
            return False
        unused = Attr("last_step").lt(step)
        try:
            self.items.update(
                of_user(user.user_id), _ACTIVE, set_={"last_step": step}, only_if=unused
            )
        except ItemMissing:
            return False
        return True

    def _uses_recovery_code(self, user: User, code: str) -> bool:
        used = self.items.delete(of_user(user.user_id), _recovery_item(user, code))
        if used:
            _log.warning("a recovery code was used", user_id=user.user_id)
        return used

    def _step_of(self, secret: str, code: str) -> int | None:
        """Return the step, of those that count now, whose code this is; None when none is."""
        typed = "".join(code.split())
        now = int(self.clock()) // STEP_SECONDS
        totp = pyotp.TOTP(secret)
        for step in range(now - STEPS_OFF, now + STEPS_OFF + 1):
            if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode()):
                return step
        return None

    def _make_recovery_codes(self, user: User) -> list[str]:
        owner = of_user(user.user_id)
        for item in self.items.all(owner, _RECOVERY):
            self.items.delete(owner, item["item_id"])
        codes = [_new_recovery_code() for _ in range(RECOVERY_CODES)]
        for code in codes:
            self.items.create(owner, _recovery_item(user, code), {})
        return codes


def _new_recovery_code() -> str:
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _recovery_item(user: User, code: str) -> str:
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return _RECOVERY + hashlib.sha256(f"{user.user_id} {plain}".encode()).hexdigest()
