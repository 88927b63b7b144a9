"""The ids of DRS: a job's result is `<job id>`, and each of its files `<job id>.<kind>`."""

import re
from typing import NamedTuple, Self

from runtime.web.services.result_files import FileKind

_ID = re.compile(
    r"(?P<job>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.(?P<kind>[a-z]+))?", re.ASCII
)


class DrsId(NamedTuple):
    """An object: a file of a result, or the whole result if `kind` is None."""

    job_id: str
    kind: FileKind | None = None

    def __str__(self) -> str:
        """As it is in addresses."""
        return f"{self.job_id}.{self.kind}" if self.kind else self.job_id

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what str() wrote.

        Raises:
            ValueError: it is no id of an object here.
        """
        found = _ID.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no id of an object here")
        return cls(found["job"], FileKind(found["kind"]) if found["kind"] else None)
