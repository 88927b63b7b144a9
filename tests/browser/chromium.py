"""How Chromium is started for a test."""

import os

QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-gpu",
    "--no-first-run",
)
"""A browser under test talks to the site alone, not to its maker."""


def arguments() -> list[str]:
    """Return what to start it with. As root, Chromium refuses to start in its sandbox."""
    return [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else list(QUIET)
