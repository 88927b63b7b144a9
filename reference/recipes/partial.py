"""Files of the folder of downloads: on the way (NAME.part), and whole and checked (NAME)."""

import json
import os
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx

from reference.errors import InputError
from reference.recipes.checksums import Checksum, checksum_of

_CONTENT_RANGE = re.compile(r"bytes (?P<first>\d+)-\d+/(?P<total>\d+)")


class TryAgain(Exception):
    """What came isn't what was asked for: another try may help."""


@dataclass(frozen=True)
class Facts:
    """What a server says of a file. `size` in bytes; None where it doesn't say."""

    size: int | None
    etag: str | None
    modified: str | None

    @classmethod
    def of(cls, response: httpx.Response) -> "Facts":
        """Read the headers of an answer that holds, or would hold, the whole file."""
        size = response.headers.get("Content-Length", "")
        return cls(
            size=int(size) if size.isdecimal() else None,
            etag=response.headers.get("ETag"),
            modified=response.headers.get("Last-Modified"),
        )

    @property
    def validator(self) -> str | None:
        """What If-Range may hold: a strong ETag, or else the date (RFC 9110, section 13.1.5)."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.modified


class Part:
    """The beginning of a file, and what the server said of the file that it's the beginning of."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self.path = target.with_name(f"{target.name}.part")
        self._facts_path = target.with_name(f"{target.name}.part.json")

    @property
    def size(self) -> int:
        """Bytes that are there."""
        return self.path.stat().st_size if self.path.exists() else 0

    def request_headers(self) -> dict[str, str]:
        """Ask for what lacks, or for all of it where the file is another one by now."""
        validator = self._facts().validator
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
        self.path.write_bytes(b"")
        self._facts_path.write_text(json.dumps(asdict(facts)))
        return facts.size

    def discard(self) -> None:
        """Begin anew."""
        self.path.unlink(missing_ok=True)
        self._facts_path.unlink(missing_ok=True)

    def finish(self, url: str, checksum: Checksum | None) -> None:
        """Check the whole file, give it the time of the publisher's, and put it in its place.

        Raises:
            InputError: its checksum differs; it's removed.
        """
        if checksum and (found := checksum_of(self.path, checksum.algorithm)) != checksum:
            self.discard()
            raise InputError(
                url,
                f"is damaged, or was replaced just now: its checksum should be {checksum}, and is "
                f"{found}. What came was removed: run the same command again",
            )
        if modified := _time(self._facts().modified):
            os.utime(self.path, (modified.timestamp(), modified.timestamp()))
        self.path.replace(self._target)
        self._facts_path.unlink(missing_ok=True)

    def _facts(self) -> Facts:
        found = _note(self._facts_path)
        return Facts(**found) if found else Facts(None, None, None)


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
