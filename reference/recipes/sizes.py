"""Sizes and durations for people."""


def size_text(count: float) -> str:
    """Bytes as 512 B, 7.5 MB, 2.9 GB: powers of 1,000, as a disk's maker and `df -H` count."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:,.1f} GB"


def duration_text(seconds: float) -> str:
    """Seconds as 40 s, 25 min, 3.5 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
