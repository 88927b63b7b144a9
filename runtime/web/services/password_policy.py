"""Which passwords are refused: short ones, and those that attackers guess first.

Length counts, not composition: https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver
"""

import re
from pathlib import Path

MIN_LENGTH = 12
MAX_LENGTH = 1024
"""Characters. Hashing a long password costs us time."""

MIN_UNPREDICTABLE = 6
"""Characters that must remain when all that is easy to guess is removed."""

SERVICE_WORDS = ("genomicsannotationservice", "genomics", "annotation", "gas")

COMMON_WORDS = tuple((Path(__file__).parent / "common_passwords.txt").read_text("utf-8").split())
"""Frequent words of leaked passwords, in letters: `p4ssw0rd` is read as `password`."""

_YEAR = re.compile(r"(19|20)\d\d")
_LEET = str.maketrans("013457@$!", "oieastasi")


def violation(password: str, *, email: str, name: str) -> str | None:
    """Return what is wrong with a new password, as a sentence; None when nothing is."""
    if len(password) < MIN_LENGTH:
        return f"Choose a password of {MIN_LENGTH} characters or more; a few words work well."
    if len(password) > MAX_LENGTH:
        return f"Choose a password of at most {MAX_LENGTH} characters."
    if _unpredictable(password, COMMON_WORDS) < MIN_UNPREDICTABLE:
        return "That password is easy to guess. Choose another one."
    if (
        _unpredictable(password, (*_personal_words(email, name), *SERVICE_WORDS, *COMMON_WORDS))
        < MIN_UNPREDICTABLE
    ):
        return "Choose a password without your name, your email address or this site's name in it."
    return None


def _personal_words(email: str, name: str) -> list[str]:
    """The parts of address and name that are long enough to be recognized."""
    words = [email, *re.split(r"[@.+_-]", email), name.replace(" ", ""), *name.split()]
    return [word for word in words if len(word) >= 3]


def _unpredictable(password: str, known: tuple[str, ...]) -> int:
    """How many characters are left without known words, repetitions and sequences."""
    plain = _YEAR.sub(" ", password.casefold())
    fewest = len(plain)
    for text in (plain, plain.translate(_LEET)):
        rest = text
        for word in sorted(known, key=len, reverse=True):
            rest = rest.replace(word.casefold(), " ")
        fewest = min(fewest, _count_unpredictable(rest))
    return fewest


def _count_unpredictable(text: str) -> int:
    """How many characters a guesser must find out: no spaces, no sequences, no repeated pairs."""
    count = 0
    seen: set[str] = set()
    for before, character in zip(" " + text, text, strict=False):
        step = ord(character) - ord(before)
        pair = before + character
        if character.isalnum() and step not in (-1, 0, 1) and pair not in seen:
            count += 1
        seen.add(pair)
    return count
