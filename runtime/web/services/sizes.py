"""Sizes as people read them."""

_UNITS = ("bytes", "KB", "MB", "GB")


def human_size(count: int) -> str:
    """Return a number of bytes in decimal units, rounded down so that it never looks too large.

    150000 is "150 KB", 1536 is "1.5 KB", 1 is "1 byte".
    """
    if count < 1000:
        return "1 byte" if count == 1 else f"{count} bytes"
    value, unit = float(count), 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{int(value * 10) / 10:.1f}".removesuffix(".0") + f" {_UNITS[unit]}"
