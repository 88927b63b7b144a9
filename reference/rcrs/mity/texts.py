"""Names of diseases as people write them.

MITOMAP's VCF has a hyphen for each blank, a plus sign for each comma and a bar for each semicolon,
so it can't be read back alone. Its tables have blanks and commas, but no semicolons. A name that
is in both can be put together.
"""

import re
from collections.abc import Iterable

_ONLY_IN_VCF = "|"
_IN_VCF = {" ": "-", ",": "+", "\xa0": "-"}
_NO_LETTERS = re.compile(r"[\W_]+")


class DiseaseNames:
    """Finds the name that a text of the VCF stands for.

    Args:
        names: those of the tables.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {_letters(name): name for name in names}

    def readable(self, text: str) -> str | None:
        """Return the name; None where no table has it."""
        name = self._names.get(_letters(text))
        return None if name is None else _merged(text, name)


def without_hyphens(text: str) -> str:
    """Guess a name that is in no table: a hyphen may have been one."""
    return _tidy(text.replace("-", " ").replace("+", ",").replace(_ONLY_IN_VCF, ";"))


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", text)


def _merged(text: str, name: str) -> str | None:
    """Go along both: what differs is a blank or a comma of the table, or a bar of the VCF."""
    merged, at = [], 0
    name = name.strip()
    for letter in text.strip("-"):
        other = name[at : at + 1]
        if letter == _ONLY_IN_VCF:
            merged.append(";")
        elif other and letter in (other, _IN_VCF.get(other)):
            merged.append(" " if other == "\xa0" else other)
            at += 1
        elif letter == "-":  # a blank beside a semicolon, or one of two
            merged.append(" ")
        else:
            return None
    return _tidy("".join(merged)) if at == len(name) else None


def _tidy(text: str) -> str:
    return " ".join(text.split())
