"""What browsers may send about uploads and jobs."""

import re
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from runtime.common.job import JobState
from runtime.common.jobs import Wanted
from runtime.common.jobs.owner_actions import MAX_NOTE_LENGTH
from runtime.web.forms import Form

MOST_CHOSEN = 100
_CURSOR = re.compile(r"\d{1,12}-[0-9a-fA-F-]{36}")


def check_cursor(value: str) -> str:
    """Return a cursor, or ValueError where it is none of ours."""
    if value and not _CURSOR.fullmatch(value):
        raise ValueError("not one of our cursors")
    return value


def _state(value: str) -> str:
    if value and value not in set(JobState):
        raise ValueError("not a state of a job")
    return value


def _plain_line_ends(value: object) -> object:
    """Browsers count a line end as one character, and send two."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


Note = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=MAX_NOTE_LENGTH),
    BeforeValidator(_plain_line_ends),
]


class NewUpload(Form):
    """A file that the browser is about to upload. `size` is in bytes.

    Without `reference` the file is annotated with the service's default.
    """

    file_name: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    size: Annotated[int, Field(ge=0)]
    reference: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None


class NewJob(Form):
    """A finished upload, by its ticket."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    note: Note = ""


class NoteForm(Form):
    """A note on a job; an empty one removes it."""

    note: Note = ""
    csrf_token: str = ""


class AgainForm(Form):
    """Another job with a job's input; without `reference` it has the job's."""

    reference: Annotated[str, StringConstraints(max_length=200)] = ""
    csrf_token: str = ""


class ChosenJobs(Form):
    """Some jobs of a list, no more than a page shows."""

    job: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MOST_CHOSEN)]


class JobFilter(Form):
    """Which jobs a list shows.

    Those in a state, those whose name, note or reference contains a text, those of a reference;
    from the newest on, or what is older or newer than a cursor.
    """

    state: Annotated[str, AfterValidator(_state)] = ""
    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    reference: Annotated[str, StringConstraints(max_length=200)] = ""
    cursor: Annotated[str, AfterValidator(check_cursor)] = ""
    newer: Annotated[str, AfterValidator(check_cursor)] = ""

    @property
    def wanted(self) -> Wanted:
        """The filter."""
        state = JobState(self.state) if self.state else None
        return Wanted(state=state, text=self.q, reference=self.reference)

    @property
    def args(self) -> dict[str, Any]:
        """The filter as the arguments of a URL."""
        return {
            name: value for name in ("state", "q", "reference") if (value := getattr(self, name))
        }
