"""The style sheet's promise: text has a contrast of 4.5:1 or more on its ground, marks 3:1.

https://www.w3.org/TR/WCAG22/#contrast-minimum and #non-text-contrast
"""

import re

import pytest

from runtime.web.extensions.assets import STATIC

GROUNDS = ("ground", "surface", "sunken")
TEXTS = ("ink", "muted", "accent", "accent-strong", "high", "moderate")
ON_TINTS = [
    ("accent-strong", "accent-soft"),
    ("accent", "accent-soft"),
    ("high", "high-soft"),
    ("ink", "high-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("low", "surface"),
]
MARKS = ("control", "modifier", "low", "moderate", "high", "accent", "protein", "rrna")


def tokens(theme: str) -> dict[str, str]:
    sheet = (STATIC / "css" / "theme.css").read_text(encoding="utf-8")
    pairs = re.findall(r"--gas-([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", sheet)
    return {name: light if theme == "light" else dark for name, light, dark in pairs}


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_should_be_readable_when_text_lies_on_its_ground(theme: str) -> None:
    colours = tokens(theme)
    pairs = [(text, ground) for text in TEXTS for ground in GROUNDS] + ON_TINTS
    weak = {p: contrast(colours[p[0]], colours[p[1]]) for p in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_should_be_visible_when_a_mark_lies_on_its_ground(theme: str) -> None:
    colours = tokens(theme)
    weak = {
        (mark, ground): contrast(colours[mark], colours[ground])
        for mark in MARKS
        for ground in GROUNDS
    }
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 3} == {}
