"""How passwords are kept: argon2id, and the same work whether or not there is one to compare."""

import threading
import uuid

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

# argon2id with the library's defaults, the low-memory choice of RFC 9106, section 4.
_HASHER = PasswordHasher()

# Compared with where nobody has the address, so that known and unknown ones take the same time.
_NOBODYS = _HASHER.hash(uuid.uuid4().hex)

# Each hash takes 64 MiB: no more of them at once than an instance can hold beside its work.
_AT_ONCE = threading.BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def is_password(password: str, kept: str | None) -> bool:
    """Whether `password` is the one that `kept` was made of; None is nobody's, at equal cost."""
    with _AT_ONCE:
        try:
            _HASHER.verify(kept or _NOBODYS, password)
        except VerifyMismatchError:
            return False
    return kept is not None
