"""Reading of the data files, with errors that name the file and the line that is at fault."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reference.errors import InputError

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Row:
    """One line of a table; `line` counts from 1 as an editor does."""

    path: Path
    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]

    def integer(self, column: str) -> int:
        """The column as a whole number; raises InputError where it is none."""
        text = self.values[column]
        if not text.isdecimal():
            raise self.error(f"{column} should be a whole number, not {text!r}")
        return int(text)

    def one_of(self, column: str, allowed: frozenset[str]) -> str:
        """The column, which must be one of `allowed`; raises InputError otherwise."""
        text = self.values[column]
        if text not in allowed:
            raise self.error(
                f"{column} should be one of {', '.join(sorted(allowed))}, not {text!r}"
            )
        return text

    def error(self, message: str) -> InputError:
        return InputError(self.path, message, self.line)


def read_table(path: Path, columns: tuple[str, ...]) -> list[Row]:
    """The rows of a tab-separated file whose first line names exactly `columns`, in that order.

    Raises InputError for a missing file, an unknown, missing or moved column, a line with too few
    or too many fields, and a file without rows.
    """
    lines = _lines(path)
    header = tuple(next(lines, []))
    if header != columns:
        raise InputError(path, f"the columns should be {list(columns)}, not {list(header)}", 1)
    rows = []
    for number, fields in enumerate(lines, start=2):
        if len(fields) != len(columns):
            raise InputError(path, f"{len(columns)} fields expected, {len(fields)} found", number)
        rows.append(Row(path, number, dict(zip(columns, fields, strict=True))))
    if not rows:
        raise InputError(path, "holds no rows")
    return rows


def _lines(path: Path) -> Iterator[list[str]]:
    return csv.reader(read_text(path).splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)


def read_text(path: Path) -> str:
    """The file as text; raises InputError when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(path, f"cannot be read: {error}") from error
