"""A mirror of official releases on this machine: files as publishers lay them out, over HTTP."""

import base64
import gzip
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

MODIFIED = 1_790_000_000
"""When everything was published: 2026-09-21."""


@dataclass
class Mirror:
    """Files by their path, and what was asked for.

    Attributes:
        cut_off: paths that are cut off in mid-file, once each.
        refused: statuses that the next requests for a path get.
        md5s: MD5s that the server tells of files by their path, in the header that Google's has.
        requests: method, path and Range of each request.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    cut_off: set[str] = field(default_factory=set)
    refused: dict[str, list[int]] = field(default_factory=dict)
    md5s: dict[str, bytes] = field(default_factory=dict)
    requests: list[tuple[str, str, str | None]] = field(default_factory=list)
    url: str = ""

    def fetched(self, path: str) -> list[str | None]:
        """The Range of each request for a file's bytes."""
        return [span for method, asked, span in self.requests if (method, asked) == ("GET", path)]

    def publish(self, base: str, listing: str | None, files: dict[str, bytes]) -> None:
        """Offer files by their paths from a URL; list their checksums beside the first one.

        Args:
            listing: CHECKSUMS as Ensembl's, md5checksums.txt as NCBI's, or NAME.md5.
        """
        root = base.removeprefix("https://")
        self.files |= {f"{root}{path}": content for path, content in files.items()}
        if listing:
            lines = [
                _checksum_line(listing, path.rpartition("/")[2], content)
                for path, content in files.items()
            ]
            folder = next(iter(files)).rpartition("/")[0]
            self.files[f"{root}{folder}/{listing}"] = "".join(f"{x}\n" for x in lines).encode()

    def write(self, folder: Path) -> None:
        """Lay the files out in a folder, as `wget -r` does."""
        for path, content in self.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _checksum_line(listing: str, name: str, content: bytes) -> str:
    if listing == "CHECKSUMS":
        return f"{bsd_sum(content):05d} {-(-len(content) // 1024):5d} {name}"
    digest = hashlib.md5(content).hexdigest()
    if listing == "md5checksums.txt":
        return f"{digest}  ./{name}"
    return f"{digest}  /panfs/pan1/clinvar/{name.replace('.vcf', '_20260921.vcf')}"


def bsd_sum(content: bytes) -> int:
    """BSD's 16-bit checksum: rotate right by one bit, add the next byte."""
    total = 0
    for byte in content:
        total = ((total >> 1) + ((total & 1) << 15) + byte) & 0xFFFF
    return total


@contextmanager
def serving(mirror: Mirror) -> Iterator[Mirror]:
    """Serve it on a port of this machine, with ranges and ETags as web servers have them."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, mirror))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    mirror.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield mirror
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, mirror: Mirror, *connection: Any) -> None:
        self.mirror = mirror
        super().__init__(*connection)  # answers the requests

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        path, span = self.path.lstrip("/"), self.headers.get("Range")
        self.mirror.requests.append((self.command, path, span))
        statuses, content = self.mirror.refused.get(path), self.mirror.files.get(path)
        status = statuses.pop(0) if statuses else 200
        if content is None or status != 200:
            self.send_response(404 if content is None else status)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        first = 0
        if span and self.headers.get("If-Range", etag) == etag:
            first = int(span.removeprefix("bytes=").rstrip("-"))
        self._begin(path, content, first, etag)
        if with_body:
            self._send(path, content[first:])

    def _begin(self, path: str, content: bytes, first: int, etag: str) -> None:
        self.send_response(206 if first else 200)
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - first))
        self.send_header("ETag", etag)
        if path in self.mirror.md5s:
            self.send_header("x-goog-hash", "crc32c=AAAAAA==")
            told = base64.b64encode(self.mirror.md5s[path]).decode()
            self.send_header("x-goog-hash", f"md5={told}")
        self.send_header("Last-Modified", formatdate(MODIFIED, usegmt=True))
        self.end_headers()

    def _send(self, path: str, body: bytes) -> None:
        if path not in self.mirror.cut_off:
            self.wfile.write(body)
            return
        self.mirror.cut_off.remove(path)
        self.wfile.write(body[: len(body) // 2])
        self.wfile.flush()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


def zipped(text: str) -> bytes:
    """The text as gzip, the same bytes each time."""
    return gzip.compress(text.encode(), mtime=0)
