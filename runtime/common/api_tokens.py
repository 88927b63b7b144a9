"""Tokens of the API: `gas_`, then user id, token id and secret in base64url.

The ids find the token by one read. Of the secret only the SHA-256 is stored: 256 random bits can't
be guessed, so that a slow hash would add nothing.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import time
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from runtime.common.owned_items import ItemMissing, OwnedItems, of_user
from runtime.contract.dynamodb import TOKEN_ITEM

TOKEN_START = "gas_"  # noqa: S105 - what all tokens begin with, for people and for secret scanners
MAX_TOKENS = 20
"""Of one account."""

LAST_USE_SECONDS = 60
"""The time of last use is written no more often than this."""

_ID_BYTES = 16
_SECRET_BYTES = 32
DAY_SECONDS = 24 * 3600


class Scope(StrEnum):
    """What a token may be used for."""

    JOBS_READ = "jobs:read"
    JOBS_WRITE = "jobs:write"
    RESULTS_READ = "results:read"


class TooManyTokens(Exception):
    """The account has MAX_TOKENS already."""


class ApiToken(BaseModel):
    """A token, without its secret. Times are in epoch seconds.

    Attributes:
        last_used_at: to the minute; None where it was never used.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    token_id: str
    name: str
    scopes: tuple[Scope, ...]
    created_at: int
    expires_at: int
    last_used_at: int | None = None


@dataclass(frozen=True)
class _Parts:
    """What a token consists of."""

    user_id: str
    token_id: str
    secret: bytes


class ApiTokens:
    """The tokens of all accounts.

    Args:
        clock: returns the time in epoch seconds.
    """

    def __init__(self, items: OwnedItems, clock: Callable[[], float] = time.time) -> None:
        self._items = items
        self._clock = clock

    def create(
        self, user_id: str, *, name: str, scopes: Iterable[Scope], days: int
    ) -> tuple[ApiToken, str]:
        """Make a token that is valid for so many days; return it, and the text that proves it.

        Raises:
            TooManyTokens: the account has MAX_TOKENS already, or others were made at the same time
                that fill it.
        """
        if len(self.all(user_id)) >= MAX_TOKENS:
            raise TooManyTokens
        now = int(self._clock())
        parts = _Parts(user_id, str(uuid.uuid4()), secrets.token_bytes(_SECRET_BYTES))
        token = ApiToken(
            token_id=parts.token_id,
            name=name,
            scopes=tuple(scope for scope in Scope if scope in set(scopes)),
            created_at=now,
            expires_at=now + days * DAY_SECONDS,
        )
        stored = token.model_dump(mode="json", exclude_none=True)
        self._items.create(
            of_user(user_id), _item_id(token.token_id), {**stored, "hash": _hash(parts.secret)}
        )
        # Counted again once it is written: of requests at the same time each sees the others'.
        if len(self.all(user_id)) > MAX_TOKENS:
            self.revoke(user_id, token.token_id)
            raise TooManyTokens
        return token, _written(parts)

    def all(self, user_id: str) -> list[ApiToken]:
        """Return the account's tokens that haven't expired, the oldest first."""
        found = self._items.all(of_user(user_id), TOKEN_ITEM)
        tokens = [ApiToken.model_validate(item) for item in found]
        return sorted(tokens, key=lambda token: (token.created_at, token.name))

    def revoke(self, user_id: str, token_id: str) -> bool:
        """End a token at once; return whether the account had it."""
        return self._items.delete(of_user(user_id), _item_id(token_id))

    def revoke_all(self, user_id: str) -> None:
        """End all tokens of an account at once."""
        for item in self._items.all(of_user(user_id), TOKEN_ITEM):
            self._items.delete(of_user(user_id), item["item_id"])

    def find(self, text: str) -> tuple[str, ApiToken] | None:
        """Return the user's id and the token that a text proves, and note that it was used.

        None where the text isn't a token, or the token has expired or was revoked. Whether the
        account is still there is for the caller to check.
        """
        parts = _read(text)
        if parts is None:
            return None
        item = self._items.get(of_user(parts.user_id), _item_id(parts.token_id))
        if item is None or not hmac.compare_digest(str(item["hash"]), _hash(parts.secret)):
            return None
        token = ApiToken.model_validate(item)
        self._note_use(parts.user_id, token)
        return parts.user_id, token

    def _note_use(self, user_id: str, token: ApiToken) -> None:
        now = int(self._clock())
        if token.last_used_at is not None and now - token.last_used_at < LAST_USE_SECONDS:
            return
        change: dict[str, Any] = {"last_used_at": now}
        with suppress(ItemMissing):  # it was revoked a moment ago
            self._items.update(of_user(user_id), _item_id(token.token_id), set_=change)


def _item_id(token_id: str) -> str:
    return f"{TOKEN_ITEM}{token_id}"


def _hash(secret: bytes) -> str:
    return hashlib.sha256(secret).hexdigest()


def _written(parts: _Parts) -> str:
    ids = uuid.UUID(parts.user_id).bytes + uuid.UUID(parts.token_id).bytes
    return TOKEN_START + base64.urlsafe_b64encode(ids + parts.secret).decode().rstrip("=")


def _read(text: str) -> _Parts | None:
    """The parts of a text that has the form of a token; None for any other."""
    try:
        padded = text.removeprefix(TOKEN_START).encode("ascii") + b"=="
        raw = base64.b64decode(padded, altchars=b"-_", validate=True)
        user, token, secret = raw[:_ID_BYTES], raw[_ID_BYTES : 2 * _ID_BYTES], raw[2 * _ID_BYTES :]
        parts = _Parts(str(uuid.UUID(bytes=user)), str(uuid.UUID(bytes=token)), secret)
    except (binascii.Error, ValueError):
        return None
    # Written anew it must be the same text: the last letter has bits that mean nothing.
    return parts if _written(parts) == text and len(secret) == _SECRET_BYTES else None
