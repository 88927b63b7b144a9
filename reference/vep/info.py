"""info.txt of a VEP cache: lines of a key, a tab, and a value."""

from pathlib import Path

INFO = "info.txt"


def read_info(path: Path) -> dict[str, str]:
    """The values by key."""
    pairs = (line.split("\t", 1) for line in path.read_text().splitlines() if "\t" in line)
    return {key: value.strip() for key, value in pairs}
