"""How passwords are kept: argon2id, and the same work whether or not there is one to compare."""

import base64
import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from argon2.low_level import ARGON2_VERSION

# argon2id with the library's defaults, the low-memory choice of RFC 9106, section 4.
_HASHER = PasswordHasher()

NO_PASSWORD = ""
"""Kept of a password that was taken away."""

# Each hash takes 64 MiB: no more of them at once than an instance can hold beside its work.
_AT_ONCE = threading.BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def is_password(password: str, kept: str | None) -> bool:
    """Whether `password` is the one that `kept` was made of.

    None, of nobody, and NO_PASSWORD fit none, at equal cost.
    """
    with _AT_ONCE:
        try:
            _HASHER.verify(kept or _NOBODYS, password)
        except VerifyMismatchError:
            return False
    return bool(kept)


def hash_of_nobody(hasher: PasswordHasher) -> str:
    """Return a hash that takes as much work to compare with as any of `hasher`'s.

    Its salt and its digest are random bytes. Nothing is hashed to make it, as that would keep
    every process that imports this module waiting.
    https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md
    """
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = _random(hasher.salt_len), _random(hasher.hash_len)
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${digest}"


def _random(length: int) -> str:
    """Random bytes in Base64, without its padding."""
    return base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")


_NOBODYS = hash_of_nobody(_HASHER)
"""Compared with where nobody has the address: known and unknown ones take the same time."""
