"""Spans of time as people read them."""


def human_duration(seconds: float) -> str:
    """Return a span: "less than a second", "42 s", "3 min 20 s", "2 h 5 min"."""
    whole = max(0, int(seconds))
    if whole < 60:
        return "less than a second" if whole == 0 else f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def about(seconds: float) -> str:
    """Return an estimate, no more exact than it is: "about 40 s", "about 3 min", "about 2 h"."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 55:
        return f"about {round(seconds / 10) * 10} s"
    if seconds < 55 * 60:
        return f"about {max(1, round(seconds / 60))} min"
    return f"about {max(1, round(seconds / 3600))} h"
