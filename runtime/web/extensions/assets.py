"""Style sheets, scripts and pictures: held in memory, compressed once, cached for ever.

Their URLs hold a checksum of all of them, so a browser never mixes two releases, and scripts import
each other by relative URLs.
"""

import gzip
import hashlib
import posixpath
import re
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from runtime.web.access import public

EXTENSION = "assets"
FOR_EVER = "public, max-age=31536000, immutable"

STATIC = Path(__file__).parent.parent / "static"
VENDOR = STATIC / "vendor"

REQUIRED = ("vendor/igv.esm.min.js",)
"""Put there at deployment from the npm package igv; not in git."""

_IMPORT = re.compile(
    r"""^(?:import\s*|(?:import|export)\b[^"';=]*\bfrom\s*)["'](\.[^"']+)["']""", re.MULTILINE
)
"""A static import by a relative path, which is how our scripts import each other."""

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
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
        AssetMissing: a file of `REQUIRED` isn't there, or one that a script imports.
    """

    def __init__(self, static: Path = STATIC, vendor: Path = VENDOR) -> None:
        self._assets = {
            **_read(vendor, prefix="vendor/"),
            **{name: a for name, a in _read(static).items() if not name.startswith("vendor/")},
        }
        for name in REQUIRED:
            if name not in self._assets:
                raise AssetMissing(f"{static / name} is missing: deployment puts it there from npm")
        self._imports = {
            name: self._imports_of(name)
            for name in self._assets
            if name.endswith(".js") and not name.startswith("vendor/")
        }
        digest = hashlib.sha256()
        for name, asset in sorted(self._assets.items()):
            digest.update(name.encode() + b"\0" + asset.body + b"\0")
        self.version = digest.hexdigest()[:12]

    def init_app(self, app: Flask) -> None:
        """Serve the files, and give templates `asset(name)`, the URL of one, and `module(name)`."""
        app.extensions[EXTENSION] = self
        app.jinja_env.globals["asset"] = self.url
        app.jinja_env.globals["module"] = self.module
        app.register_blueprint(blueprint)

    def get(self, name: str) -> Asset | None:
        """Return the file of that name, or None."""
        return self._assets.get(name)

    def url(self, name: str) -> str:
        """Return the URL of a file.

        Raises:
            AssetMissing: there is no such file: a template misspells it.
        """
        if name not in self._assets:
            raise AssetMissing(name)
        return url_for("static.asset", version=self.version, name=name)

    def module(self, name: str) -> Markup:
        """Return the elements that run a script, and load beside it all that it imports.

        Without them a browser would find the imports of a file only when it has read the file.

        Raises:
            AssetMissing: there is no such file: a template misspells it.
        """
        if name not in self._imports:
            raise AssetMissing(name)
        first, *imported = self._imports[name]
        preload = Markup('<link rel="modulepreload" href="{}">')
        run = Markup('<script type="module" src="{}"></script>')
        return Markup("\n").join(
            [*(preload.format(self.url(each)) for each in imported), run.format(self.url(first))]
        )

    def _imports_of(self, name: str) -> list[str]:
        """The names of a script and of all that it imports at its beginning, each once."""
        found: list[str] = []
        waiting = [name]
        while waiting:
            script = waiting.pop(0)
            if script in found:
                continue
            if script not in self._assets:
                raise AssetMissing(script)
            found.append(script)
            text = self._assets[script].body.decode()
            folder = posixpath.dirname(script)
            waiting += [
                posixpath.normpath(posixpath.join(folder, path)) for path in _IMPORT.findall(text)
            ]
        return found


blueprint = Blueprint("static", __name__)


@blueprint.get("/static/<version>/<path:name>")
@public
def asset(version: str, name: str) -> ResponseReturnValue:
    """Send a file, compressed when the browser accepts that.

    During a deployment a page of one release may ask an instance of another: it gets this
    instance's file, but isn't told to keep it.
    """
    assets = cast(Assets, current_app.extensions[EXTENSION])
    found = assets.get(name)
    if found is None:
        abort(404)
    gzipped = request.accept_encodings["gzip"] > 0
    response = Response(found.gzipped if gzipped else found.body, content_type=found.media_type)
    if gzipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = FOR_EVER if version == assets.version else "no-cache"
    response.headers["Vary"] = "Accept-Encoding"
    return response


def _read(folder: Path, *, prefix: str = "") -> dict[str, Asset]:
    files = [f for f in sorted(folder.rglob("*")) if f.suffix in _TYPES and f.is_file()]
    return {prefix + f.relative_to(folder).as_posix(): _asset(f) for f in files}


def _asset(file: Path) -> Asset:
    body = file.read_bytes()
    return Asset(body, gzip.compress(body, mtime=0), _TYPES[file.suffix])
