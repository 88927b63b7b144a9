"""Fetches files of the web: goes on where one was cut off, and keeps only what it has checked."""

import time
from collections.abc import Callable
from typing import TypeVar

import httpx

from reference.errors import InputError
from reference.progress import Progress
from reference.recipes.checksums import Checksum, checksum_of
from reference.recipes.partial import Facts, Incoming, Kept, Part, TryAgain
from reference.recipes.reduced import Reduced
from reference.recipes.sizes import duration_text, size_text
from reference.recipes.sources import Remote

TRIES = 6
"""In a row that bring nothing; with the waits between them, half a minute and the time-outs."""
_TIMEOUT = httpx.Timeout(60.0, connect=20.0)
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_WITHOUT_HEAD = frozenset({405, 501})
_FAULTS = (httpx.TransportError, TryAgain)

T = TypeVar("T")


class Downloader:
    """Fetches into the folder of downloads.

    Args:
        progress: is told how far a file is.
        pause: sleeps for some seconds before another try.
    """

    def __init__(self, progress: Progress, pause: Callable[[float], None] = time.sleep) -> None:
        self._progress = progress
        self._pause = pause
        self._client = httpx.Client(
            follow_redirects=True, timeout=_TIMEOUT, headers={"Accept-Encoding": "identity"}
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def ask(self, url: str) -> Facts:
        """Ask the server about a file.

        Raises:
            InputError: it doesn't have the file, or can't be reached.
        """
        return self._retried(url, lambda: self._facts(url))

    def _facts(self, url: str) -> Facts:
        response = self._client.head(url)
        if response.status_code not in _WITHOUT_HEAD:
            return Facts.of(_answer(url, response))
        with self._client.stream("GET", url) as begun:
            return Facts.of(_answer(url, begun))

    def fetch_small(self, remote: Remote) -> None:
        """Fetch a list of checksums, anew each time.

        Raises:
            InputError: as `ask`.
        """
        text = self._retried(
            remote.url, lambda: _answer(remote.url, self._client.get(remote.url)).content
        )
        remote.path.parent.mkdir(parents=True, exist_ok=True)
        remote.path.write_bytes(text)

    def is_there(
        self, remote: Remote, facts: Facts, checksum: Checksum | None, *, reduced: bool = False
    ) -> bool:
        """Whether the file was fetched before, and is still what the publisher offers."""
        kept, identity = Kept(remote.path), _identity(facts, checksum)
        if kept.holds(identity):
            return True
        # Someone has put it there, or has copied the folder.
        if checksum and kept.path.exists() and not reduced:
            self._progress(f"Checking {remote.path.name}")
            if checksum_of(kept.path, checksum.algorithm) == checksum:
                kept.note(identity)
                return True
        return False

    def fetch(
        self,
        remote: Remote,
        facts: Facts,
        checksum: Checksum | None,
        fields: tuple[str, ...] | None = None,
    ) -> None:
        """Fetch the file; its time is then that of the publisher's file.

        Args:
            fields: of a VCF that is to be reduced to them while it comes.

        Raises:
            InputError: it can't be fetched, or is damaged.
        """
        remote.path.parent.mkdir(parents=True, exist_ok=True)
        part = Part(remote.path) if fields is None else Reduced(remote.path, fields, checksum)
        self._fill(remote, part)
        self._progress(f"Checking {remote.path.name}")
        part.finish(remote.url, checksum)
        Kept(remote.path).note(_identity(facts, checksum))

    def _fill(self, remote: Remote, part: Incoming) -> None:
        failures = 0
        while True:
            before = part.size
            try:
                return self._append(remote, part)
            except _FAULTS as error:
                # A long download may be cut off often, as long as it gets on.
                failures = 1 if part.size > before else failures + 1
                if failures == TRIES:
                    raise InputError(
                        remote.url,
                        f"was cut off again and again ({_reason(error)}). What has come is kept: "
                        "run the same command again to go on",
                    ) from error
                self._wait(remote.url, error, failures)

    def _append(self, remote: Remote, part: Incoming) -> None:
        """Fetch what the part lacks, in one request."""
        with self._client.stream("GET", remote.url, headers=part.request_headers()) as response:
            if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                part.discard()
                raise TryAgain("the server can't go on with it")
            total = part.begin(_answer(remote.url, response))
            began, first = time.monotonic(), part.size
            done = first
            with part.receiving() as take:
                for chunk in response.iter_raw():
                    take(chunk)
                    done += len(chunk)
                    speed = (done - first) / max(time.monotonic() - began, 1e-3)
                    self._progress(_line(remote.path.name, done, total, speed))
        if total is not None and part.size != total:
            raise TryAgain(f"{part.size:,} of {total:,} bytes have come")

    def _retried(self, url: str, request: Callable[[], T]) -> T:
        attempt = 1
        while True:
            try:
                return request()
            except _FAULTS as error:
                if attempt == TRIES:
                    raise InputError(url, f"can't be reached: {_reason(error)}") from error
                self._wait(url, error, attempt)
                attempt += 1

    def _wait(self, url: str, error: Exception, attempt: int) -> None:
        """1 s after the first failure, then twice as long each time."""
        seconds = 2.0 ** (attempt - 1)
        self._progress(f"{url}: {_reason(error)}; another try in {duration_text(seconds)}")
        self._pause(seconds)


def _answer(url: str, response: httpx.Response) -> httpx.Response:
    """The answer, if it's what was asked for.

    Raises:
        TryAgain: the server is busy or ill.
        InputError: it refuses.
    """
    if response.is_success:
        return response
    status = f"{response.status_code} {response.reason_phrase}"
    if response.status_code in _RETRIED:
        raise TryAgain(f"the server answers {status}")
    raise InputError(
        url,
        f"the server answers {status}: the release may have moved. Copy the recipe, correct the "
        "address, and give the copy's path",
    )


def _identity(facts: Facts, checksum: Checksum | None) -> str:
    """What tells one version of a file from another."""
    return str(checksum or f"{facts.size} {facts.etag} {facts.modified}")


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


def _line(name: str, done: int, total: int | None, speed: float) -> str:
    """How far a download is; `speed` in bytes a second."""
    if total is None:
        return f"{name}: {size_text(done)} at {size_text(speed)}/s"
    left = duration_text((total - done) / max(speed, 1.0))
    return (
        f"{name}: {size_text(done)} of {size_text(total)} ({done / total:.0%}) at "
        f"{size_text(speed)}/s, {left} left"
    )
