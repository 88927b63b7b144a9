"""A condition on a column that a track adds, as the URL has it."""

import re
from typing import NamedTuple, Self

_TEXT = re.compile(r"(?P<column>[A-Za-z][A-Za-z0-9_]{0,99}):(?P<value>.+)")

BETWEEN_VALUES = "[|,&]"
"""What parts the values of a text, for a condition on one of them: a regular expression."""

NOT_LISTED = "none"
"""The value that means: the track says nothing of the allele."""


class TrackCondition(NamedTuple):
    """A column, and the value that it must have, which may be one of several; or `none`."""

    column: str
    value: str

    def __str__(self) -> str:
        """As URLs have it."""
        return f"{self.column}:{self.value}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what str() wrote.

        Raises:
            ValueError: it is none.
        """
        found = _TEXT.fullmatch(text)
        if found is None:
            raise ValueError("That is no condition on a column of the reference's lists.")
        return cls(found["column"], found["value"])
