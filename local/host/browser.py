"""Finds or installs the Chromium of the browser tests."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from local.errors import LocalError
from local.host.folder import tool

VARIABLE = "GAS_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL_SECONDS = 900.0

HOW_TO = (
    "Install Chromium (Debian: apt-get install chromium), or set GAS_CHROMIUM to the path of one."
)


def find_chromium(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return the Chromium of GAS_CHROMIUM; else that of the PATH; else Playwright's own.

    Raises:
        LocalError: GAS_CHROMIUM is set, but not to a file.
    """
    named = environ.get(VARIABLE)
    if named is not None:
        if not Path(named).is_file():
            raise LocalError(f"{VARIABLE} is {named}, which isn't a file.")
        return Path(named)
    for name in NAMES:
        found = shutil.which(name, path=environ.get("PATH"))
        if found is not None:
            return Path(found)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow to import

    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.is_file() else None


def install_chromium(log: Path) -> Path | None:
    """Install Chromium and return its path: Debian's package as root, else Playwright's build.

    Returns None if neither is possible; `log` says why.
    """
    for command in _install_commands():
        with log.open("ab") as output:
            try:
                subprocess.run(
                    command, stdout=output, stderr=output, timeout=INSTALL_SECONDS, check=True
                )
            except (subprocess.SubprocessError, OSError) as error:
                output.write(f"{error}\n".encode())
                continue
        found = find_chromium()
        if found is not None:
            return found
    return None


def _install_commands() -> list[list[str]]:
    commands = []
    if os.geteuid() == 0 and shutil.which("apt-get"):
        commands.append(["apt-get", "update"])
        commands.append(["apt-get", "install", "--yes", "--no-install-recommends", "chromium"])
    commands.append([str(tool("playwright")), "install", "chromium"])
    return commands
