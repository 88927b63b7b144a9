"""Sends a file, and starts its job. A large file goes in parts, which a second run goes on with."""

import base64
import hashlib
import io
import re
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from gas_client.api import Api
from gas_client.errors import ClientError, Refused, Unreachable, UsageError
from gas_client.models import Job
from gas_client.upload_state import FileVersion, Upload, UploadStates

PARTS_FROM = 16 << 20
"""Bytes from which a file is sent in parts: a smaller one is sent again as quickly."""

AT_ONCE = 4
BATCH = 8
"""Parts whose addresses are asked for together: an address is valid for some minutes only."""

STORAGE_TIMEOUT = httpx.Timeout(30.0, read=600.0, write=120.0)

Advance = Callable[[int], None]
"""Is told how many more bytes have arrived; a negative number takes some back."""


@dataclass(frozen=True)
class Sender:
    """Sends files over a connection."""

    api: Api
    states: UploadStates

    def send(self, path: Path, *, reference: str, note: str, advance: Advance) -> Job:
        """Send a file and start its job.

        Raises:
            UsageError: the file can't be read, or has changed while it was sent.
            Refused: the service or the storage refused it.
            Unreachable: one of them doesn't answer.
        """
        try:
            file = FileVersion.of(path)
            if file.size < PARTS_FROM:
                return self._send_whole(file, path.name, reference, note, advance)
            return self._send_parts(file, path.name, reference, note, advance)
        except OSError as error:
            raise UsageError(f"{error.filename or path}: {error.strerror}.") from error

    def _send_whole(
        self, file: FileVersion, name: str, reference: str, note: str, advance: Advance
    ) -> Job:
        body = {"file_name": name, "size": file.size, "reference": reference}
        created = self.api.create_upload(body, key=str(uuid.uuid4()))
        post = created["upload"]

        def send() -> httpx.Response:
            with _CountedFile(file.path, advance) as opened:
                try:
                    return self.api.storage.post(
                        post["url"],
                        data=post["fields"],
                        files={"file": (name, opened)},
                        timeout=STORAGE_TIMEOUT,
                    )
                except httpx.TransportError:
                    opened.take_back()
                    raise

        _check_storage(self.api.retry.request(send, _host(post["url"])))
        _check_unchanged(file)
        return self.api.start(created["job_id"], created["ticket"], note)

    def _send_parts(
        self, file: FileVersion, name: str, reference: str, note: str, advance: Advance
    ) -> Job:
        upload, arrived = self._open(file, name, reference)
        sizes = {
            number: min(upload.part_size, file.size - (number - 1) * upload.part_size)
            for number in range(1, upload.parts + 1)
        }
        advance(sum(sizes[number] for number in arrived))
        missing = [number for number in sizes if number not in arrived]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for first in range(0, len(missing), BATCH):
                batch = missing[first : first + BATCH]
                parts = self.api.upload_parts(upload.job_id, upload.ticket, batch)
                for done in pool.map(lambda part: self._send_part(file, upload, part), parts):
                    advance(done)
        _check_unchanged(file)
        try:
            job = self.api.start(upload.job_id, upload.ticket, note)
        except Refused:
            self.states.forget(file, reference)
            raise
        self.states.forget(file, reference)
        return job

    def _open(self, file: FileVersion, name: str, reference: str) -> tuple[Upload, set[int]]:
        """Go on with an upload that was cut off, or begin one; with the parts that arrived."""
        known = self.states.find(file, reference)
        if known is not None:
            try:
                return known, self.api.arrived_parts(known.job_id, known.ticket)
            except Refused:  # it is too old, or its job has been deleted
                self.states.forget(file, reference)
        body = {"file_name": name, "size": file.size, "reference": reference, "multipart": True}
        created = self.api.create_upload(body, key=str(uuid.uuid4()))
        parts = created["upload"]
        upload = Upload(created["job_id"], created["ticket"], parts["part_size"], parts["parts"])
        self.states.save(file, reference, upload)
        return upload, set()

    def _send_part(self, file: FileVersion, upload: Upload, part: dict[str, Any]) -> int:
        """Send one part; return its bytes."""
        with file.path.open("rb") as opened:
            opened.seek((part["number"] - 1) * upload.part_size)
            data = opened.read(upload.part_size)
        # S3 compares it, so that what arrives is what was read.
        digest = base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()

        def send() -> httpx.Response:
            return self.api.storage.put(
                part["url"],
                content=data,
                headers={"Content-MD5": digest},
                timeout=STORAGE_TIMEOUT,
            )

        _check_storage(self.api.retry.request(send, _host(part["url"])))
        return len(data)


class _CountedFile(io.BufferedReader):
    """A file that tells what is read of it."""

    def __init__(self, path: Path, advance: Advance) -> None:
        super().__init__(io.FileIO(path))
        self._advance, self._read = advance, 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self._read += len(data)
        self._advance(len(data))
        return data

    def take_back(self) -> None:
        """Tell that what was read counts for nothing."""
        self._advance(-self._read)
        self._read = 0


def _check_unchanged(file: FileVersion) -> None:
    if FileVersion.of(file.path) != file:
        raise UsageError(f"{file.path} changed while it was sent. Run the command again.")


def _check_storage(answer: httpx.Response) -> None:
    if answer.is_success:
        return
    raise storage_error(answer)


def storage_error(answer: httpx.Response) -> ClientError:
    """The error of the storage's answer, with the reason that its XML gives."""
    match = re.search(r"<Message>([^<]*)</Message>", answer.text)
    reason = unescape(match[1]) if match else "no reason given"
    text = f"The storage refused (HTTP {answer.status_code}): {reason}"
    if answer.status_code >= 500:
        return Unreachable(text)
    return Refused(text, status=answer.status_code)


def _host(url: str) -> str:
    return urlsplit(url).netloc


def total_bytes(paths: Iterable[Path]) -> int:
    """Bytes of files together."""
    return sum(path.stat().st_size for path in paths)
