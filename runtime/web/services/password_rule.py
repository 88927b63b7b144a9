"""Which passwords are refused: short ones, and those that are tried first.

Length counts, not composition: https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver
"""

import re
from pathlib import Path

MIN_LENGTH = 12
MAX_LENGTH = 1024
"""Characters. Hashing a long password costs us time."""

FEWEST_LEFT = 6
"""Characters that must remain when all that is easily guessed is taken away."""

SERVICE = ("genomicsannotationservice", "genomics", "annotation", "gas")

COMMON = tuple((Path(__file__).parent / "common_passwords.txt").read_text("utf-8").split())
"""What lists of leaked passwords are full of, in letters: `p4ssw0rd` is read as `password`."""

_YEAR = re.compile(r"(19|20)\d\d")
_LEET = str.maketrans("013457@$!", "oieastasi")


def fault(password: str, *, email: str, name: str) -> str | None:
    """Return what is wrong with a new password, as a sentence; None when nothing is."""
    if len(password) < MIN_LENGTH:
        return f"Choose a password of {MIN_LENGTH} characters or more; a few words do well."
    if len(password) > MAX_LENGTH:
        return f"Choose a password of at most {MAX_LENGTH} characters."
    if _remains(password, COMMON) < FEWEST_LEFT:
        return "That password is among the first that are guessed. Choose another one."
    if _remains(password, (*_own(email, name), *SERVICE, *COMMON)) < FEWEST_LEFT:
        return "Choose a password that isn't made of your name, your address or ours."
    return None


def _own(email: str, name: str) -> list[str]:
    """The parts of address and name that are long enough to be recognized."""
    words = [email, *re.split(r"[@.+_-]", email), name.replace(" ", ""), *name.split()]
    return [word for word in words if len(word) >= 3]


def _remains(password: str, known: tuple[str, ...]) -> int:
    """How many characters are neither known words, nor repeated, nor a step of a row."""
    plain = _YEAR.sub(" ", password.casefold())
    fewest = len(plain)
    for text in (plain, plain.translate(_LEET)):
        rest = text
        for word in sorted(known, key=len, reverse=True):
            rest = rest.replace(word.casefold(), " ")
        fewest = min(fewest, _surprising(rest))
    return fewest


def _surprising(text: str) -> int:
    """How many characters a guesser must find out: no blanks, no runs, nothing said before."""
    count = 0
    seen: set[str] = set()
    for before, character in zip(" " + text, text, strict=False):
        step = ord(character) - ord(before)
        pair = before + character
        if character.isalnum() and step not in (-1, 0, 1) and pair not in seen:
            count += 1
        seen.add(pair)
    return count
