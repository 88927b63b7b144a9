"""Finds a Chromium to test with."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

COMMANDS = ("chromium", "chromium-browser", "google-chrome")

HOW_TO_GET_ONE = (
    "no Chromium found: set GAS_CHROMIUM to one, install Debian's package chromium (apt-get "
    "install chromium), or run: playwright install chromium"
)

QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-gpu",
    "--no-first-run",
)
"""A browser under test talks to the site alone, not to its maker."""


def find_chromium(playwrights_own: Path, environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return a Chromium: the one that GAS_CHROMIUM names, one of PATH, or Playwright's own.

    Args:
        playwrights_own: where Playwright would have installed its browser.
    """
    named = environ.get("GAS_CHROMIUM")
    if named:
        return Path(named)
    for command in COMMANDS:
        found = shutil.which(command, path=environ.get("PATH"))
        if found:
            return Path(found)
    return playwrights_own if playwrights_own.exists() else None


def arguments() -> list[str]:
    """Return what to start it with. As root, Chromium refuses to start in its sandbox."""
    return [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else list(QUIET)
