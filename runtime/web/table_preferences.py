"""Which columns the table of variants has, and how many rows a page: a browser's own choice.

It is kept in a cookie, not in the account: what fits depends on the screen, and people who read the
example have no account. A form sets it by its address, so it works without scripts.
"""

from collections.abc import Sequence
from typing import NamedTuple, Self

from werkzeug.datastructures import MultiDict

COOKIE = "gas-table"
COOKIE_SECONDS = 365 * 24 * 60 * 60

COLUMNS = {
    "change": "Change",
    "gene": "Gene",
    "impact": "Consequence",
    "hgvs": "HGVS",
    "known": "Known ID",
    "significance": "Significance",
    "population": "Population",
    "genotype": "Genotype of a sample",
    "frequency": "AF",
    "quality": "Quality",
}
"""Names of the columns that can be chosen; the position is always there."""

SIZES = (25, 50, 100, 200)
"""Rows of a page."""

_COLUMNS = tuple(name for name in COLUMNS if name != "quality")
_SIZE = 50


class TablePreferences(NamedTuple):
    """Columns in the order of COLUMNS, and rows of a page; `chosen` says that somebody chose."""

    columns: tuple[str, ...] = _COLUMNS
    size: int = _SIZE
    chosen: bool = False

    @classmethod
    def from_args(cls, args: "MultiDict[str, str]") -> Self | None:
        """Read what the form sends; None where it wasn't sent, or asks for another size."""
        return cls._of(args.getlist("column"), args["size"]) if "size" in args else None

    @classmethod
    def from_cookie(cls, text: str | None) -> Self:
        """Read what `cookie` wrote; what can't be read counts as no choice."""
        size, *columns = (text or "").split(".")
        return (cls._of(columns, size) if size else None) or cls()

    @property
    def cookie(self) -> str:
        """As the cookie has it."""
        return ".".join((str(self.size), *self.columns))

    @classmethod
    def _of(cls, columns: Sequence[str], size: str) -> Self | None:
        if size not in map(str, SIZES):
            return None
        return cls(tuple(name for name in COLUMNS if name in columns), int(size), chosen=True)
