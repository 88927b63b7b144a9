"""Reads files of lines with tabs, as VCF and BED are, in tables of some megabytes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from reference.errors import InputError
from reference.text_files import read_blocks
from reference.tracks.source import TrackSource

_NUMBER = r"^\d{1,18}$"
_SOME_LINE = re.compile(rb"^[^#\n]", re.MULTILINE)


@dataclass(frozen=True)
class TableForm:
    """The columns of a format.

    Attributes:
        kind: its name, for messages.
        columns: their names; more columns are ignored.
        numbers: those of them that are whole numbers.
        notes: matches the first column of lines that are no rows, beside those that begin with #.
    """

    kind: str
    columns: tuple[str, ...]
    numbers: tuple[str, ...]
    notes: str = "^#"

    def tables(self, source: TrackSource) -> Iterator[pl.DataFrame]:
        """Yield the rows of a track's files in turn; text that is missing is empty.

        Raises:
            InputError: a file is damaged, or a line has too few columns or no number where one
                belongs.
        """
        for file in source.option.files:
            lines = 0
            for block in read_blocks(file):
                text = block.replace(b"\r\n", b"\n")
                if _SOME_LINE.search(text):
                    yield self._table(text, file, lines)
                count = text.count(b"\n")
                lines += count
                source.report(count)

    def _table(self, text: bytes, file: Path, before: int) -> pl.DataFrame:
        rows = pl.read_csv(
            text,
            has_header=False,
            separator="\t",
            quote_char=None,
            comment_prefix="#",
            schema=dict.fromkeys(self.columns, pl.String),
            encoding="utf8-lossy",
            truncate_ragged_lines=True,
        )
        first = pl.col(self.columns[0])
        rows = rows.filter(first.is_not_null() & ~first.str.contains(self.notes))
        whole = pl.all_horizontal(pl.all().is_not_null())
        numbered = pl.all_horizontal(pl.col(name).str.contains(_NUMBER) for name in self.numbers)
        if not rows.select((whole & numbered).all()).item():
            self._refuse_faults(text, file, before)
        return rows.with_columns(pl.all().fill_null("")).cast(dict.fromkeys(self.numbers, pl.Int64))

    def _refuse_faults(self, text: bytes, file: Path, before: int) -> None:
        """Raise for the first line at fault; there is none if only some text is empty."""
        for number, line in enumerate(text.split(b"\n"), before + 1):
            given = line.decode("utf-8", "replace").split("\t")
            if not line or line.startswith(b"#") or re.match(self.notes, given[0]):
                continue
            values = dict(zip(self.columns, given, strict=False))
            numbered = all(
                re.match(_NUMBER, values.get(name, ""), re.ASCII) for name in self.numbers
            )
            if len(values) < len(self.columns) or not numbered:
                raise InputError(file, f"this is no record of a {self.kind}", number)
