"""Files of the folder of downloads: on the way (NAME.part), and whole and checked (NAME)."""

import base64
import json
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx

from reference.errors import InputError
from reference.recipes.checksums import Checksum, checksum_of

Take = Callable[[bytes], object]

# Google's storage tells the MD5 of objects that were uploaded in one piece:
# https://cloud.google.com/storage/docs/xml-api/reference-headers#xgooghash
_MD5 = re.compile(r"md5=([A-Za-z0-9+/]{22}==)")
_CONTENT_RANGE = re.compile(r"bytes (?P<first>\d+)-\d+/(?P<total>\d+)")


class TryAgain(Exception):
    """What came isn't what was asked for: another try may help."""


@dataclass(frozen=True)
class Facts:
    """What a server says of a file. `size` in bytes; None where it doesn't say.

    `md5` in hexadecimal digits.
    """

    size: int | None
    etag: str | None
    modified: str | None
    md5: str | None = None

    @classmethod
    def of(cls, response: httpx.Response) -> "Facts":
        """Read the headers of an answer that holds, or would hold, the whole file."""
        size = response.headers.get("Content-Length", "")
        md5 = _MD5.search(response.headers.get("x-goog-hash", ""))
        return cls(
            size=int(size) if size.isdecimal() else None,
            etag=response.headers.get("ETag"),
            modified=response.headers.get("Last-Modified"),
            md5=base64.b64decode(md5[1]).hex() if md5 else None,
        )

    @property
    def validator(self) -> str | None:
        """What If-Range may hold: a strong ETag, or else the date (RFC 9110, section 13.1.5)."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.modified


class Incoming(ABC):
    """The beginning of a file, and what the server said of the file that it's the beginning of."""

    @property
    @abstractmethod
    def size(self) -> int:
        """Bytes that have come."""

    @property
    @abstractmethod
    def facts(self) -> Facts:
        """Of the file that has begun to come."""

    @abstractmethod
    def restart(self, facts: Facts) -> None:
        """Make ready for a file's first byte."""

    @abstractmethod
    def discard(self) -> None:
        """Give up what has come."""

    @abstractmethod
    def receiving(self) -> AbstractContextManager[Take]:
        """Give what takes the next bytes."""

    @abstractmethod
    def finish(self, url: str, checksum: Checksum | None) -> None:
        """Check the whole file, give it the time of the publisher's, and put it in its place.

        Raises:
            InputError: it's damaged; it's removed.
        """

    def request_headers(self) -> dict[str, str]:
        """Ask for what lacks, or for all of it where the file is another one by now."""
        validator = self.facts.validator
        if not (self.size and validator):
            return {}
        return {"Range": f"bytes={self.size}-", "If-Range": validator}

    def begin(self, response: httpx.Response) -> int | None:
        """Make ready for the bytes of an answer; return the whole file's size, where it's said.

        Raises:
            TryAgain: it's another piece than the one that lacks.
        """
        if response.status_code == httpx.codes.PARTIAL_CONTENT:
            match = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
            if match is None or int(match["first"]) != self.size:
                self.discard()
                raise TryAgain("the server sent another piece than the one that lacks")
            return int(match["total"])
        facts = Facts.of(response)
        self.restart(facts)
        return facts.size

    def compare(self, url: str, checksum: Checksum | None, found: Checksum | None) -> None:
        """Raise InputError, and give up what has come, where a checksum differs."""
        if checksum and found != checksum:
            self.discard()
            raise InputError(
                url,
                f"is damaged, or was replaced just now: its checksum should be {checksum}, and is "
                f"{found}. What came was removed: run the same command again",
            )

    def place(self, path: Path, target: Path) -> None:
        """Move a whole file to its place, with the time of the publisher's."""
        if modified := _time(self.facts.modified):
            os.utime(path, (modified.timestamp(), modified.timestamp()))
        path.replace(target)


class Part(Incoming):
    """A file that is kept as it comes. A later run goes on with it."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._path = target.with_name(f"{target.name}.part")
        self._facts_path = target.with_name(f"{target.name}.part.json")

    @property
    def size(self) -> int:
        """See Incoming."""
        return self._path.stat().st_size if self._path.exists() else 0

    @property
    def facts(self) -> Facts:
        """See Incoming."""
        found = _note(self._facts_path)
        return Facts(**found) if found else Facts(None, None, None)

    def restart(self, facts: Facts) -> None:
        """See Incoming."""
        self._path.write_bytes(b"")
        self._facts_path.write_text(json.dumps(asdict(facts)))

    def discard(self) -> None:
        """See Incoming."""
        self._path.unlink(missing_ok=True)
        self._facts_path.unlink(missing_ok=True)

    @contextmanager
    def receiving(self) -> Iterator[Take]:
        """See Incoming."""
        with self._path.open("ab") as file:
            yield file.write

    def finish(self, url: str, checksum: Checksum | None) -> None:
        """See Incoming."""
        if checksum:
            self.compare(url, checksum, checksum_of(self._path, checksum.algorithm))
        self.place(self._path, self._target)
        self._facts_path.unlink(missing_ok=True)


class Kept:
    """A whole file, and the note of its check beside it (NAME.checked.json)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._note = path.with_name(f"{path.name}.checked.json")

    def holds(self, identity: str) -> bool:
        """Whether the file was checked to be what `identity` says, and is unchanged since."""
        return self.path.exists() and _note(self._note) == self._state(identity)

    def note(self, identity: str) -> None:
        """Note that the file was checked: a checksum, or what else tells its version."""
        self._note.write_text(json.dumps(self._state(identity)))

    def _state(self, identity: str) -> dict[str, str | int]:
        status = self.path.stat()
        return {"is": identity, "size": status.st_size, "mtime_ns": status.st_mtime_ns}


def _note(path: Path) -> dict[str, Any] | None:
    """What a note holds; None where it isn't there, or its writer was ended in the middle."""
    try:
        return dict(json.loads(path.read_text()))
    except (FileNotFoundError, ValueError):
        return None


def _time(modified: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(modified) if modified else None
    except ValueError:
        return None
