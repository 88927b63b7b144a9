"""With whom a job is shared: addresses whose accounts may read it, and links.

Both are items of the job in `owned_items`, and go with it. An address has an item of each job that
is shared with it too, for the list "Shared with you"; the job's own item decides.
"""

import hashlib
import hmac
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from boto3.dynamodb.conditions import Attr

from runtime.common.email_addresses import normalize_email
from runtime.common.owned_items import (
    ItemExists,
    ItemMissing,
    OwnedItems,
    of_address,
    of_job,
)
from runtime.contract.dynamodb import GUEST_ITEM, SHARE_LINK_ITEM, SHARED_JOB_ITEM

DAY_SECONDS = 24 * 3600
VISIT_SECONDS = 60
"""The time of a visit is written at most so often."""

_LINK_ID_BYTES = 6
_SECRET_BYTES = 24
_TOKEN_BYTES = 16 + _LINK_ID_BYTES + _SECRET_BYTES


class Extra(StrEnum):
    """What an owner may share beyond the result's pages."""

    FILES = "files"
    NOTE = "note"
    REMARKS = "remarks"


class AlreadyShared(Exception):
    """The job is shared with this address already."""


@dataclass(frozen=True)
class Guest:
    """An address whose account may read a job.

    Attributes:
        item_id: the id of its item.
        user_id: the account that came first with this address; no other one may.
        shared_at, last_visit: epoch seconds.
    """

    item_id: str
    job_id: str
    email: str
    extras: frozenset[Extra]
    shared_at: int
    last_visit: int | None
    user_id: str | None

    @classmethod
    def from_item(cls, item: dict[str, Any]) -> Self:
        """Read it from the table."""
        return cls(**_common(item), email=item["email"], user_id=item.get("user_id"))


@dataclass(frozen=True)
class ShareLink:
    """A link by which anybody may read a job until it expires.

    Attributes:
        label: what the owner calls it; may be empty.
        shared_at, last_visit, expires_at: epoch seconds.
    """

    item_id: str
    job_id: str
    label: str
    extras: frozenset[Extra]
    shared_at: int
    last_visit: int | None
    expires_at: int

    @classmethod
    def from_item(cls, item: dict[str, Any]) -> Self:
        """Read it from the table."""
        return cls(**_common(item), label=item["label"], expires_at=int(item["expires_at"]))


@dataclass(frozen=True)
class LinkToken:
    """What a link carries: its job, its id, and a secret that nobody can guess (192 bits)."""

    job_id: str
    link_id: str
    secret: bytes

    @classmethod
    def new(cls, job_id: str) -> Self:
        """Return one with a new id and a new secret."""
        link_id = secrets.token_bytes(_LINK_ID_BYTES).hex()
        return cls(job_id, link_id, secrets.token_bytes(_SECRET_BYTES))

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read what str() wrote; None for anything else."""
        try:
            found = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except ValueError:
            return None
        if len(found) != _TOKEN_BYTES:
            return None
        rest = found[16:]
        job_id, link_id = UUID(bytes=found[:16]), rest[:_LINK_ID_BYTES].hex()
        return cls(str(job_id), link_id, rest[_LINK_ID_BYTES:])

    def __str__(self) -> str:
        """As a link has it, safe in a URL."""
        whole = UUID(self.job_id).bytes + bytes.fromhex(self.link_id) + self.secret
        return urlsafe_b64encode(whole).decode().rstrip("=")

    @property
    def item_id(self) -> str:
        """The id of the link's item."""
        return f"{SHARE_LINK_ITEM}{self.link_id}"

    @property
    def secret_hash(self) -> str:
        """What is stored of the secret. It is random, so that a plain hash is enough."""
        return hashlib.sha256(self.secret).hexdigest()


@dataclass(frozen=True)
class Shares:
    """Reads and writes shares. Callers have checked who may."""

    items: OwnedItems
    clock: Callable[[], float] = time.time

    def add_guest(self, job_id: str, email: str, extras: Collection[Extra]) -> None:
        """Share a job with an address.

        Raises:
            AlreadyShared: see there.
        """
        said = {
            "job_id": job_id,
            "email": normalize_email(email),
            "extras": sorted(extras),
            "shared_at": int(self.clock()),
        }
        # The list's item first: without the job's own it shows nothing.
        listed = f"{SHARED_JOB_ITEM}{job_id}"
        with suppress(ItemExists):
            self.items.create(of_address(email), listed, {"shared_at": said["shared_at"]})
        try:
            self.items.create(of_job(job_id), _guest_id(email), said)
        except ItemExists as error:
            raise AlreadyShared(email) from error

    def guest(self, job_id: str, email: str) -> Guest | None:
        """Return an address's share of a job."""
        item = self.items.get(of_job(job_id), _guest_id(email))
        return Guest.from_item(item) if item else None

    def guests(self, job_id: str) -> list[Guest]:
        """Return all addresses that a job is shared with, the newest first."""
        found = map(Guest.from_item, self.items.all(of_job(job_id), GUEST_ITEM))
        return sorted(found, key=lambda guest: -guest.shared_at)

    def add_link(
        self, job_id: str, *, label: str, extras: Collection[Extra], seconds: int
    ) -> LinkToken:
        """Make a link that is valid for so many seconds; its secret can't be read again."""
        token, now = LinkToken.new(job_id), int(self.clock())
        said = {
            "job_id": job_id,
            "label": label,
            "extras": sorted(extras),
            "shared_at": now,
            "secret_hash": token.secret_hash,
            "expires_at": now + seconds,
        }
        self.items.create(of_job(job_id), token.item_id, said)
        return token

    def link(self, token: LinkToken) -> ShareLink | None:
        """Return the link of a token; None when it has expired, was ended, or never was."""
        item = self.items.get(of_job(token.job_id), token.item_id)
        if item is None or not hmac.compare_digest(item["secret_hash"], token.secret_hash):
            return None
        return ShareLink.from_item(item)

    def links(self, job_id: str) -> list[ShareLink]:
        """Return a job's links that still work, the newest first."""
        found = map(ShareLink.from_item, self.items.all(of_job(job_id), SHARE_LINK_ITEM))
        return sorted(found, key=lambda link: -link.shared_at)

    def end(self, job_id: str, item_id: str) -> bool:
        """End a share by its item's id; return whether there was one."""
        if not item_id.startswith((GUEST_ITEM, SHARE_LINK_ITEM)):
            return False
        item = self.items.get(of_job(job_id), item_id)
        if item is None:
            return False
        ended = self.items.delete(of_job(job_id), item_id)
        if "email" in item:
            self.items.delete(of_address(item["email"]), f"{SHARED_JOB_ITEM}{job_id}")
        return ended

    def clear_lists(self, job_id: str) -> None:
        """Take a job that is being removed off the lists of its guests; its own items go with it.

        It only queries and deletes, which is all that the process removal may do.
        """
        for guest in self.guests(job_id):
            self.items.delete(of_address(guest.email), f"{SHARED_JOB_ITEM}{job_id}")

    def jobs_shared_with(self, email: str) -> list[str]:
        """Return the ids of the jobs that an address was given, the newest first."""
        found = self.items.all(of_address(email), SHARED_JOB_ITEM)
        found.sort(key=lambda item: -int(item["shared_at"]))
        return [item["item_id"].removeprefix(SHARED_JOB_ITEM) for item in found]

    def forget(self, email: str, job_id: str) -> None:
        """Take a job off an address's list, and its share if there is one."""
        self.items.delete(of_job(job_id), _guest_id(email))
        self.items.delete(of_address(email), f"{SHARED_JOB_ITEM}{job_id}")

    def note_visit(self, share: Guest | ShareLink, user_id: str | None = None) -> bool:
        """Write the time of a visit, and of a guest which account came.

        Returns:
            False when another account came first with that address, or the share has ended.
        """
        now = int(self.clock())
        if isinstance(share, Guest) and share.user_id not in (None, user_id):
            return False
        if share.last_visit is not None and share.last_visit > now - VISIT_SECONDS:
            return True
        bound = Attr("user_id").not_exists() | Attr("user_id").eq(user_id)
        said = {"last_visit": now, **({"user_id": user_id} if user_id else {})}
        try:
            self.items.update(of_job(share.job_id), share.item_id, set_=said, only_if=bound)
        except ItemMissing:
            return False
        return True


def _guest_id(email: str) -> str:
    return f"{GUEST_ITEM}{of_address(email).partition('#')[2]}"


def _common(item: dict[str, Any]) -> dict[str, Any]:
    visit = item.get("last_visit")
    return {
        "item_id": item["item_id"],
        "job_id": item["job_id"],
        "extras": frozenset(map(Extra, item["extras"])),
        "shared_at": int(item["shared_at"]),
        "last_visit": None if visit is None else int(visit),
    }
