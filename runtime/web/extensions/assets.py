"""Style sheets, scripts and pictures: held in memory, compressed once, cached for ever.

Their addresses carry a checksum over all of them, so a browser never mixes two releases, and
scripts import each other by relative addresses.
"""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, url_for

STATIC = Path(__file__).parent.parent / "static"
VENDOR = STATIC / "vendor"

REQUIRED = ("vendor/bootstrap.min.css",)
"""Put there at deployment from the npm package bootstrap; not in git."""

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class AssetMissing(Exception):
    """The pages need a file that isn't there."""


@dataclass(frozen=True)
class Asset:
    """One file: its bytes, the same compressed, and its media type."""

    body: bytes
    gzipped: bytes
    media_type: str


class Assets:
    """All files that pages refer to.

    Args:
        static: folder of our own files.
        vendor: folder of third-party files, found under `vendor/`.

    Raises:
        AssetMissing: a file of `REQUIRED` isn't there.
    """

    def __init__(self, static: Path = STATIC, vendor: Path = VENDOR) -> None:
        self._assets = {
            **_read(vendor, prefix="vendor/"),
            **{name: a for name, a in _read(static).items() if not name.startswith("vendor/")},
        }
        for name in REQUIRED:
            if name not in self._assets:
                raise AssetMissing(f"{static / name} is missing: deployment puts it there from npm")
        digest = hashlib.sha256()
        for name, asset in sorted(self._assets.items()):
            digest.update(name.encode() + b"\0" + asset.body + b"\0")
        self.version = digest.hexdigest()[:12]

    def init_app(self, app: Flask) -> None:
        """Give templates `asset(name)`, the address of a file."""
        app.extensions["assets"] = self
        app.jinja_env.globals["asset"] = self.url

    def get(self, name: str) -> Asset | None:
        """Return the file of that name, or None."""
        return self._assets.get(name)

    def url(self, name: str) -> str:
        """Return the address of a file.

        Raises:
            AssetMissing: there is no such file: a template misspelled it.
        """
        if name not in self._assets:
            raise AssetMissing(name)
        return url_for("static.asset", version=self.version, name=name)


def _read(folder: Path, *, prefix: str = "") -> dict[str, Asset]:
    files = [f for f in sorted(folder.rglob("*")) if f.suffix in _TYPES and f.is_file()]
    return {prefix + f.relative_to(folder).as_posix(): _asset(f) for f in files}


def _asset(file: Path) -> Asset:
    body = file.read_bytes()
    return Asset(body, gzip.compress(body, mtime=0), _TYPES[file.suffix])
