"""Who may read a job, and what: the one place that decides it, for owners and all guests."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from runtime.common.job import Job
from runtime.common.jobs import JobLists
from runtime.common.mail import Mailer, write_email
from runtime.common.shares import (
    DAY_SECONDS,
    AlreadyShared,
    Extra,
    Guest,
    LinkToken,
    ShareLink,
    Shares,
)
from runtime.common.users import User, UserStore
from runtime.web.services.example_job import ExampleJob
from runtime.web.services.rate_limit import HOUR, RateLimit, RateLimiter

MAX_GUESTS = 50
"""Addresses that one job is shared with."""

MAX_LINKS = 10
"""Links of one job that work at a time."""

MAX_SHARED_WITH = 500
"""Jobs that wait in one address's list."""

MAX_LABEL_LENGTH = 80
LINK_DAYS = (1, 7, 30, 90)
"""How long a link may be valid."""

SHARES_PER_HOUR = RateLimit("shares", 30, HOUR)
"""Shares that one owner makes. Each with an address sends an email."""

SHARE_MAILS = RateLimit("share-mails", 10, HOUR)
"""Emails about shares to one address, from everybody."""

OPENED_PER_HOUR = RateLimit("links-opened", 120, HOUR)
"""Links that one client opens, right or wrong ones."""

VISITS_PER_HOUR = RateLimit("link-visits", 3_000, HOUR)
"""Requests by one link, of all of its visitors: a genome browser sends several for each move."""


class Act(StrEnum):
    """What may be done with a job's result; every route of readers names one.

    VIEW: its page, summary, log, charts, variants, and how it was made. FILES: download the
    annotator's files, and what reads them, the genome browser: they hold each record of the upload.
    EXPORT: have files made for a filter. NOTE: read the owner's note. STARS: see which variants
    have a star, without names. REMARK: read and write stars and comments, with their names.
    """

    VIEW = "view"
    FILES = "files"
    EXPORT = "export"
    NOTE = "note"
    STARS = "stars"
    REMARK = "remark"


class ReaderKind(StrEnum):
    """Why somebody may read a job."""

    OWNER = "owner"
    GUEST = "guest"
    LINK = "link"
    EVERYBODY = "everybody"


@dataclass(frozen=True)
class Reader:
    """Somebody who may read a job.

    Attributes:
        acts: what they may do.
        user: who is signed in; None for a visitor.
        share: what lets a guest in.
    """

    job: Job
    kind: ReaderKind
    acts: frozenset[Act]
    user: User | None = None
    share: Guest | ShareLink | None = None

    @classmethod
    def owner_of(cls, job: Job, user: User) -> "Reader":
        """Return the owner of a job as its reader; the caller has checked that it is theirs."""
        return cls(job, ReaderKind.OWNER, acts_of(ReaderKind.OWNER), user)

    def may(self, act: Act) -> bool:
        """Whether this reader may do something."""
        return act in self.acts


def acts_of(kind: ReaderKind, extras: Collection[Extra] = ()) -> frozenset[Act]:
    """Return what a kind of reader may do, with what the owner has added.

    A link's visitors have no account. So nothing is made for them that takes minutes of a processor
    (EXPORT), and they neither see nor leave the names that remarks carry. The same holds for the
    example.
    """
    if kind is ReaderKind.OWNER:
        return frozenset(Act)
    if kind is ReaderKind.EVERYBODY:
        return frozenset({Act.VIEW, Act.FILES})
    acts = {Act.VIEW}
    if Extra.FILES in extras:
        acts.add(Act.FILES)
    if Extra.NOTE in extras:
        acts.add(Act.NOTE)
    if Extra.REMARKS in extras:
        acts.add(Act.STARS)
        if kind is ReaderKind.GUEST:
            acts.add(Act.REMARK)
    if kind is ReaderKind.GUEST and Extra.FILES in extras:
        acts.add(Act.EXPORT)
    return frozenset(acts)


class ShareRefused(Exception):
    """The share can't be made; the text says why."""


class LinkDead(Exception):
    """The link has expired, was ended, or never was; its job may be gone."""


@dataclass(frozen=True)
class SharedJob:
    """A job of the list "Shared with you"."""

    job: Job
    guest: Guest
    owner: User


@dataclass(frozen=True)
class Sharing:
    """Decides who reads jobs, and makes and ends shares."""

    shares: Shares
    jobs: JobLists
    users: UserStore
    example: ExampleJob
    mailer: Mailer
    limiter: RateLimiter
    site_url: str

    def reader_of(
        self, job_id: str, user: User | None, links: Iterable[LinkToken]
    ) -> Reader | None:
        """Return how somebody may read a job; None when they may not, or there is none.

        Args:
            user: who is signed in.
            links: those that the browser carries.

        Raises:
            TooManyAttempts: the link was used as often as it may be within an hour.
        """
        job = self.jobs.get(job_id)
        if job is None:
            return None
        if user is not None and job.user_id == user.user_id:
            return Reader.owner_of(job, user)
        if self.example.find(job_id) is not None:
            return Reader(job, ReaderKind.EVERYBODY, acts_of(ReaderKind.EVERYBODY), user)
        own = [token for token in links if token.job_id == job_id]
        guest = self.shares.guest(job_id, user.email) if user else None
        if (guest is None and not own) or self._owner(job) is None:
            return None
        if guest and user and self.shares.note_visit(guest, user.user_id):
            return Reader(
                job, ReaderKind.GUEST, acts_of(ReaderKind.GUEST, guest.extras), user, guest
            )
        return self._by_link(job, user, own)

    def _by_link(self, job: Job, user: User | None, tokens: list[LinkToken]) -> Reader | None:
        for token in tokens:
            link = self.shares.link(token)
            if link is not None and self.shares.note_visit(link):
                self.limiter.hit(VISITS_PER_HOUR, link.item_id)
                acts = acts_of(ReaderKind.LINK, link.extras)
                return Reader(job, ReaderKind.LINK, acts, user, link)
        return None

    def reads_reference(self, name: str, tokens: Iterable[LinkToken]) -> bool:
        """Whether one of the links leads to a result that was made with this reference."""
        for token in tokens:
            job = self.jobs.get(token.job_id)
            if job is not None and job.reference == name and self.shares.link(token) is not None:
                return True
        return False

    def open_link(self, text: str, *, client: str) -> LinkToken:
        """Return the token of a link that works.

        Raises:
            LinkDead: see there.
            TooManyAttempts: this client has opened as many as it may.
        """
        self.limiter.hit(OPENED_PER_HOUR, client)
        token = LinkToken.parse(text)
        if token is None or self.shares.link(token) is None:
            raise LinkDead
        job = self.jobs.get(token.job_id)
        if job is None or self._owner(job) is None:
            raise LinkDead
        return token

    def invite(self, owner: User, job: Job, email: str, extras: Collection[Extra]) -> None:
        """Share a job with an address, and email it.

        The same happens whether or not the address has an account; without one the share waits.

        Raises:
            ShareRefused: see there.
            TooManyAttempts: the owner has shared, or the address was mailed, as often as may be.
        """
        if email.lower() == owner.email:
            raise ShareRefused("That is your own address.")
        if len(self.shares.guests(job.job_id)) >= MAX_GUESTS:
            raise ShareRefused(
                f"A result can be shared with {MAX_GUESTS} addresses. End one of the others first."
            )
        if len(self.shares.jobs_shared_with(email)) >= MAX_SHARED_WITH:
            raise ShareRefused("This address can't take more shared results at the moment.")
        self.limiter.hit(SHARES_PER_HOUR, owner.user_id)
        self.limiter.hit(SHARE_MAILS, email.lower())
        try:
            self.shares.add_guest(job.job_id, email, extras)
        except AlreadyShared as error:
            raise ShareRefused(
                "The result is shared with this address already. To change what it may see, end "
                "that access first."
            ) from error
        # No words of the owner's: a name and a file's name can say anything to a stranger.
        link = f"{self.site_url}/jobs/{job.job_id}"
        said = {"owner": owner.email, "email": email, "link": link, "site_url": self.site_url}
        self.mailer.send(to=email, email=write_email("shared_with_you", name="", **said))

    def make_link(
        self, owner: User, job: Job, *, label: str, extras: Collection[Extra], days: int
    ) -> str:
        """Make a link and return it; it can't be shown again.

        The secret stands behind the #, which browsers send to no server: so it is in no log.

        Raises:
            ShareRefused: see there.
            TooManyAttempts: the owner has shared as often as may be.
        """
        if days not in LINK_DAYS:
            raise ShareRefused("Choose one of the times that the page offers.")
        if len(self.shares.links(job.job_id)) >= MAX_LINKS:
            raise ShareRefused(f"A result can have {MAX_LINKS} links. End one of them first.")
        self.limiter.hit(SHARES_PER_HOUR, owner.user_id)
        token = self.shares.add_link(
            job.job_id, label=label, extras=extras, seconds=days * DAY_SECONDS
        )
        return f"{self.site_url}/link#{token}"

    def shared_with(self, user: User) -> list[SharedJob]:
        """Return the jobs that are shared with a user, the newest share first.

        What has ended meanwhile is taken off the list.
        """
        found = []
        for job_id in self.shares.jobs_shared_with(user.email):
            job, guest = self.jobs.get(job_id), self.shares.guest(job_id, user.email)
            owner = self.users.get(job.user_id) if job else None
            if job is None or guest is None or owner is None or owner.deleted_at is not None:
                self.shares.forget(user.email, job_id)
            elif guest.user_id in (None, user.user_id) and not owner.is_blocked:
                found.append(SharedJob(job, guest, owner))
        return found

    def leave(self, user: User, job_id: str) -> None:
        """End a user's access to a job of somebody else's."""
        guest = self.shares.guest(job_id, user.email)
        if guest is not None and guest.user_id in (None, user.user_id):
            self.shares.forget(user.email, job_id)

    def leave_all(self, user: User) -> None:
        """End a user's access to all jobs of others, before the account is deleted."""
        for job_id in self.shares.jobs_shared_with(user.email):
            self.leave(user, job_id)

    def _owner(self, job: Job) -> User | None:
        """The owner, while the account may be used: what is deleted or suspended shares nothing."""
        owner = self.users.get(job.user_id)
        return owner if owner is not None and not owner.is_blocked else None
