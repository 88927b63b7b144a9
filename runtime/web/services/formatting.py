"""Sizes, times and spans of time as people read them, in British English.

Counts are written as Python writes them, by ",". js/formats.js has the same forms in the browser.
"""

import math
from datetime import datetime

from runtime.common.counted import counted

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec")
"""As the Unicode CLDR has them for en-GB; strftime's depend on the process's locale."""

_UNITS = ("bytes", "KB", "MB", "GB")


def human_size(count: int) -> str:
    """Return a number of bytes in decimal units, rounded down so that it never looks too large.

    150000 is "150 KB", 1536 is "1.5 KB", 1 is "1 byte". sizes.js writes the same.
    """
    if count < 1000:
        return counted(count, "byte")
    value, unit = float(count), 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{int(value * 10) / 10:.1f}".removesuffix(".0") + f" {_UNITS[unit]}"


def human_time(moment: datetime) -> str:
    """Return a time to the minute, in its own time zone: "5 Sept 2026, 09:03"."""
    return f"{human_date(moment)}, {moment:%H:%M}"


def human_date(moment: datetime) -> str:
    """Return a day, in the time's own zone: "5 Sept 2026"."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def human_duration(seconds: float) -> str:
    """Return a span of time: "less than a second", "42 s", "3 min 20 s", "2 h 5 min"."""
    whole = max(0, int(seconds))
    if whole < MINUTE:
        return "less than a second" if whole == 0 else f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def whole_span(seconds: int) -> str:
    """Return a setting's span of time in its largest whole unit: "30 minutes", "90 seconds"."""
    for unit, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if seconds % unit == 0:
            return counted(seconds // unit, name)
    return counted(seconds, "second")


def rough_duration(seconds: float) -> str:
    """Return an estimate, no more exact than it is: "about 40 s", "about 3 min", "about 2 h"."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 55:
        return f"about {round(seconds / 10) * 10} s"
    if seconds < 55 * MINUTE:
        return f"about {max(1, round(seconds / MINUTE))} min"
    return f"about {max(1, round(seconds / HOUR))} h"


def time_left(until: int | None, now: float) -> str | None:
    """Return the time until a moment in words, rounded up; None when it is past, or unknown.

    Both are in epoch seconds. retention.js writes the same.
    """
    left = 0 if until is None else until - now
    if left <= 0:
        return None
    if left > HOUR:
        return f"{math.ceil(left / HOUR)} h"
    if left > MINUTE:
        return f"{math.ceil(left / MINUTE)} min"
    return "less than a minute"


def percent(fraction: float | str) -> str:
    """Return a fraction as percent with three digits: 0.000161593 is "0.0162 %", 1 is "100 %".

    What a track writes that is no number, such as several of them, is returned as it is.
    """
    try:
        return f"{100 * float(fraction):.3g} %"
    except ValueError:
        return str(fraction)
