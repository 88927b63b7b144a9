"""The state of uploads that aren't finished, so that a second run goes on where one stopped."""

import hashlib
import json
import os
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from gas_client.settings import Settings

KEPT_SECONDS = 48 * 3600
"""The service takes a file for a day after its upload was begun."""


@dataclass(frozen=True)
class Upload:
    """An upload in parts: its job, the ticket, bytes of each part but the last, and their number.

    The ticket is of use only with the token of the same account.
    """

    job_id: str
    ticket: str
    part_size: int
    parts: int


@dataclass(frozen=True)
class FileVersion:
    """A file as it was looked at: another size or time of change is another file."""

    path: Path
    size: int
    changed_ns: int

    @classmethod
    def of(cls, path: Path) -> "FileVersion":
        """The file as it is now.

        Raises:
            OSError: it can't be looked at.
        """
        found = path.stat()
        return cls(path.resolve(), found.st_size, found.st_mtime_ns)


class UploadStates:
    """The unfinished uploads of one account, a file for each in a folder.

    Args:
        folder: is made when it is needed.
        settings: the service and the account.
    """

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder = folder
        self._settings = settings

    def find(self, file: FileVersion, reference: str) -> Upload | None:
        """Return the unfinished upload of a file; None if there is none, or it isn't readable."""
        path = self._path(file, reference)
        try:
            return Upload(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError):  # written by another version: the file is sent anew
            return None

    def save(self, file: FileVersion, reference: str, upload: Upload) -> None:
        """Keep an upload, and forget those that are too old.

        Raises:
            OSError: the folder can't be written to.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in self._folder.glob("*.json"):
            if time.time() - old.stat().st_mtime > KEPT_SECONDS:
                old.unlink(missing_ok=True)
        number, name = tempfile.mkstemp(dir=self._folder)  # with mode 0600
        with os.fdopen(number, "w", encoding="utf-8") as opened:
            json.dump(asdict(upload), opened)
        Path(name).replace(self._path(file, reference))

    def forget(self, file: FileVersion, reference: str) -> None:
        """Delete the state of an upload that is finished, or can't be."""
        self._path(file, reference).unlink(missing_ok=True)

    def _path(self, file: FileVersion, reference: str) -> Path:
        key = [
            *(self._settings.url, self._settings.token),
            *(str(file.path), file.size, file.changed_ns, reference),
        ]
        digest = hashlib.sha256(json.dumps(key).encode()).hexdigest()
        return self._folder / f"{digest}.json"
