"""What a machine must have, so that an instance can boot on it."""

import os
import shutil
import subprocess
import sys

RELEASES = {(3, 11): "bookworm", (3, 13): "trixie"}
"""Debian's releases by their Python: the wheels that were deployed are for this machine's."""

PROGRAMS = {"debootstrap": "debootstrap", "ip": "iproute2", "unshare": "util-linux"}
"""What is called, and the Debian package that has it."""


class NotHere(Exception):
    """Why no instance can boot on this machine."""


def release() -> str:
    """The Debian release to boot; installs missing programs where there is an apt.

    Raises:
        NotHere: naming what is missing.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        raise NotHere("booting a root file system needs root on Linux: run this as root")
    found = RELEASES.get(sys.version_info[:2])
    if found is None:
        known = " or ".join(".".join(map(str, version)) for version in RELEASES)
        raise NotHere(
            f"the wheels are for Python {sys.version_info[0]}.{sys.version_info[1]}, "
            f"and Debian has {known}"
        )
    missing = [package for name, package in PROGRAMS.items() if shutil.which(name) is None]
    if missing:
        _install(missing)
    return found


def mirror() -> str:
    """Where this machine's apt has its packages from.

    Raises:
        NotHere: its apt has no repository of Debian's main packages.
    """
    listed = _run(
        "apt-get",
        "indextargets",
        "--format",
        "$(REPO_URI) $(COMPONENT) $(RELEASE)",
        "Created-By: Packages",
    )
    for line in listed.splitlines():
        uri, component, suite = line.split()
        if component == "main" and "-" not in suite:
            return uri
    raise NotHere("this machine's apt has no repository of Debian's main packages")


def _install(packages: list[str]) -> None:
    if shutil.which("apt-get") is None:
        raise NotHere(f"missing: {', '.join(packages)}. Install them and run this again.")
    _run("apt-get", "update", "--quiet")
    _run("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *packages)


def _run(*command: str) -> str:
    done = subprocess.run(
        command,
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotHere(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}"[-2000:])
    return done.stdout
