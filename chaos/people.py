"""People with accounts of their own who submit files at the site."""

import secrets
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from chaos.target import Target
from loadtest.roles import change_role
from local.site_client import SiteClient
from runtime.common.mail_choices import MailChoice, MailChoices, MailKind
from runtime.common.users import Role


@dataclass(frozen=True)
class Submitted:
    """A job that the site has accepted, the name of its file, and the ticket that started it."""

    job_id: str
    user_id: str
    file: str
    ticket: str


@dataclass
class Person:
    """Somebody who is signed in, and all that they submitted."""

    user_id: str
    email: str
    site: SiteClient
    submitted: list[Submitted] = field(default_factory=list)

    def submit(self, file: Path, reference: str) -> Submitted:
        """Upload a file and start its job.

        Raises:
            LocalError: the site or the storage refused it.
        """
        return self.start(self.site.upload(file, reference=reference), file)

    def start(self, ticket: str, file: Path) -> Submitted:
        """Start the job of a file that is uploaded."""
        job_id = self.site.start_job(ticket).job_id
        job = Submitted(job_id, self.user_id, file.name, ticket)
        self.submitted.append(job)
        return job


class People:
    """Opens accounts, and removes them with all their jobs.

    Args:
        target: the platform.
    """

    def __init__(self, target: Target) -> None:
        self.all: list[Person] = []
        self._target = target

    def new(self) -> Person:
        """Open an account, and sign in.

        It is Premium, so that its results stay where they are, and gets an email for each job, so
        that each can be looked for.
        """
        password = secrets.token_urlsafe(32)
        email = f"chaos-{uuid.uuid4().hex}@example.org"
        user = self._target.deployment.users.create(
            email=email, name="Chaos", password=password, email_verified=True
        )
        self.set_role(user.user_id, Role.PREMIUM_USER)
        each = dict.fromkeys(MailKind, MailChoice.EACH)
        MailChoices(self._target.users_table).choose(user.user_id, each)
        person = Person(user.user_id, email, SiteClient(self._target.site_url))
        self.all.append(person)
        person.site.sign_in(email, password)
        return person

    def set_role(self, user_id: str, role: Role) -> None:
        """Put a user on a plan; nothing is sent."""
        change_role(self._target.users_table, user_id, role)

    @property
    def submitted(self) -> list[Submitted]:
        """Every job of all of them."""
        return [job for person in self.all for job in person.submitted]

    def close(self) -> None:
        """Close the connections."""
        for person in self.all:
            person.site.close()
