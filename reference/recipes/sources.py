"""Where the files of a recipe are: on the web, under another base URL, or in a folder."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx

from reference.errors import InputError


@dataclass(frozen=True)
class Remote:
    """A file of the web.

    Attributes:
        url: where it is fetched from.
        path: where it is kept: `host/path` in the folder of downloads.
    """

    url: str
    path: Path


@dataclass(frozen=True)
class Places:
    """Finds the place of each file that a recipe names.

    Attributes:
        recipe: the folder of the recipe, for files that it names by path.
        downloads: the folder of downloads.
        base: None, a folder, or a URL, which hold the files as `host/path`, as `wget -r` and the
            folder of downloads do.
    """

    recipe: Path
    downloads: Path
    base: str | None = None

    def find(self, address: str) -> Remote | Path:
        """Return the place of an address of the recipe; a Path is used as it is.

        Raises:
            InputError: it has another scheme than http and https, or would leave its folder.
        """
        if not is_url(address):
            return self.recipe / address
        parts = urlsplit(address)
        inside = f"{parts.netloc}{unquote(parts.path)}"
        if ".." in Path(inside).parts:
            raise InputError(address, "has .. in it: write the address without")
        if self.base is None:
            return Remote(address, self.downloads / inside)
        if is_url(self.base):
            return Remote(
                f"{self.base.rstrip('/')}/{parts.netloc}{parts.path}", self.downloads / inside
            )
        return Path(self.base) / inside


def is_url(address: str) -> bool:
    """Whether it's an address of the web; raises InputError for other schemes, as ftp."""
    scheme, separator, _ = address.partition("://")
    if separator and scheme not in ("http", "https"):
        raise InputError(address, "can't be fetched: recipes need http or https")
    return bool(separator)


def beside(url: str, relative: str) -> str:
    """An address given relative to another one, as a link in a page."""
    if is_url(relative):
        return relative
    if is_url(url):
        return str(httpx.URL(url).join(relative))
    return str(Path(url).parent / relative)
