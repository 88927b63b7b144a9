"""Stars and comments on the variants of a result, by its owner and its named guests.

They are items of the job in `owned_items`, and go with it. Those of a guest go with the guest's
account too: an item of the account names the jobs.
"""

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from runtime.common.job import Job
from runtime.common.owned_items import ItemExists, OwnedItems, of_job, of_user
from runtime.common.users import User
from runtime.contract.dynamodb import COMMENT_ITEM, REMARKED_JOB_ITEM, STAR_ITEM
from runtime.web.services.rate_limit import HOUR, RateLimit, RateLimiter
from runtime.web.services.sharing import Act, Reader
from runtime.web.services.variants.variant import VariantKey

MAX_STARS = 500
"""Of a job, of all people. Each is a parameter of the query for starred variants."""

MAX_COMMENTS = 300
"""Of a job, of all people."""

MAX_COMMENT_LENGTH = 1_000
PER_HOUR = RateLimit("remarks", 300, HOUR)
"""Stars and comments that one person writes, or takes back."""


class RemarkRefused(Exception):
    """The star or comment can't be added; the text says why."""


class Mark(BaseModel):
    """What people say of a variant, as a file has it.

    Attributes:
        key: the variant's record and allele, as 12-1.
        starred_by: names, with semicolons between them; None without a star.
        comments: each with its writer and day, with bars between them; None without one.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    starred_by: str | None
    comments: str | None


@dataclass(frozen=True)
class Remark:
    """A star, or a comment where it has a text.

    Attributes:
        name: of the person, as it was then.
        at_ms: epoch milliseconds, so that those of one second stay in order.
    """

    item_id: str
    key: VariantKey
    user_id: str
    name: str
    at_ms: int
    text: str = ""

    @property
    def at(self) -> int:
        """Epoch seconds."""
        return self.at_ms // 1000

    @classmethod
    def from_item(cls, item: dict[str, Any]) -> Self:
        """Read it from the table."""
        return cls(
            item_id=item["item_id"],
            key=VariantKey.parse(item["variant"]),
            user_id=item["user_id"],
            name=item["name"],
            at_ms=int(item["at_ms"]),
            text=item.get("text", ""),
        )


@dataclass(frozen=True)
class Remarks:
    """All remarks on a result, each kind from the oldest."""

    stars: tuple[Remark, ...] = ()
    comments: tuple[Remark, ...] = ()

    @property
    def starred(self) -> frozenset[VariantKey]:
        """The variants that somebody has starred."""
        return frozenset(star.key for star in self.stars)

    def stars_of(self, key: VariantKey) -> list[Remark]:
        """Return the stars of a variant."""
        return [star for star in self.stars if star.key == key]

    def comments_of(self, key: VariantKey) -> list[Remark]:
        """Return the comments on a variant."""
        return [comment for comment in self.comments if comment.key == key]

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What files say of each variant with a remark, in the order of the file."""
        keys = {remark.key for remark in (*self.stars, *self.comments)}
        return tuple(self._mark(key) for key in sorted(keys))

    def _mark(self, key: VariantKey) -> Mark:
        names = [star.name for star in self.stars_of(key)]
        said = [
            f"{each.name}, {datetime.fromtimestamp(each.at, UTC):%Y-%m-%d}: {each.text}"
            for each in self.comments_of(key)
        ]
        return Mark(
            key=str(key), starred_by="; ".join(names) or None, comments=" | ".join(said) or None
        )


@dataclass(frozen=True)
class RemarkService:
    """Reads and writes remarks. Callers have checked who may, and that the variant exists."""

    items: OwnedItems
    limiter: RateLimiter
    clock: Callable[[], float] = time.time

    def of(self, job: Job) -> Remarks:
        """Return all remarks on a job's result."""
        return Remarks(self._all(job, STAR_ITEM), self._all(job, COMMENT_ITEM))

    def seen_by(self, reader: Reader) -> Remarks:
        """Return what a reader may see of the remarks: all, only which variants have a star, or
        nothing.
        """
        if reader.may(Act.REMARK):
            return self.of(reader.job)
        if not reader.may(Act.STARS):
            return Remarks()
        stars = self._all(reader.job, STAR_ITEM)
        return Remarks(tuple(replace(star, user_id="", name="", at_ms=0) for star in stars))

    def starred(self, job: Job) -> list[VariantKey]:
        """Return the variants that somebody has starred, in the order of the file."""
        return sorted({star.key for star in self._all(job, STAR_ITEM)})

    def star(self, job: Job, key: VariantKey, user: User) -> None:
        """Star a variant; once more changes nothing.

        Raises:
            RemarkRefused: the job has as many stars as it may.
            TooManyAttempts: the user has written as much as may be within an hour.
        """
        self.limiter.hit(PER_HOUR, user.user_id)
        if len(self._all(job, STAR_ITEM)) >= MAX_STARS:
            raise RemarkRefused(f"A result has up to {MAX_STARS} stars. Remove another one first.")
        with suppress(ItemExists):
            self._create(job, _star_id(key, user), key, user)

    def unstar(self, job: Job, key: VariantKey, user: User) -> None:
        """Remove the user's star."""
        self.items.delete(of_job(job.job_id), _star_id(key, user))

    def comment(self, job: Job, key: VariantKey, user: User, text: str) -> None:
        """Add a comment of up to MAX_COMMENT_LENGTH characters.

        Raises:
            RemarkRefused, TooManyAttempts: as `star`.
        """
        self.limiter.hit(PER_HOUR, user.user_id)
        if len(self._all(job, COMMENT_ITEM)) >= MAX_COMMENTS:
            raise RemarkRefused(
                f"A result has up to {MAX_COMMENTS} comments. Delete another one first."
            )
        self._create(job, f"{COMMENT_ITEM}{secrets.token_hex(8)}", key, user, text=text)

    def delete_comment(self, job: Job, item_id: str, user: User) -> bool:
        """Delete a comment: one's own, or of one's own job any. Return whether that was done."""
        if not item_id.startswith(COMMENT_ITEM):
            return False
        item = self.items.get(of_job(job.job_id), item_id)
        if item is None or user.user_id not in (item["user_id"], job.user_id):
            return False
        return self.items.delete(of_job(job.job_id), item_id)

    def forget(self, user: User) -> None:
        """Delete what a user has left in others' jobs, before the account is deleted."""
        for item in self.items.all(of_user(user.user_id), REMARKED_JOB_ITEM):
            owner = of_job(item["item_id"].removeprefix(REMARKED_JOB_ITEM))
            for prefix in (STAR_ITEM, COMMENT_ITEM):
                for remark in self.items.all(owner, prefix):
                    if remark["user_id"] == user.user_id:
                        self.items.delete(owner, remark["item_id"])

    def _create(self, job: Job, item_id: str, key: VariantKey, user: User, **more: str) -> None:
        if user.user_id != job.user_id:
            with suppress(ItemExists):
                self.items.create(of_user(user.user_id), f"{REMARKED_JOB_ITEM}{job.job_id}", {})
        said = {"variant": str(key), "user_id": user.user_id, "name": user.name, **more}
        self.items.create(of_job(job.job_id), item_id, {**said, "at_ms": int(self.clock() * 1000)})

    def _all(self, job: Job, prefix: str) -> tuple[Remark, ...]:
        found = map(Remark.from_item, self.items.all(of_job(job.job_id), prefix))
        return tuple(sorted(found, key=lambda remark: (remark.at_ms, remark.item_id)))


def _star_id(key: VariantKey, user: User) -> str:
    return f"{STAR_ITEM}{key}#{user.user_id}"
