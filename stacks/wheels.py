"""The pinned wheels of the runtime, fetched for the platform of the instances."""

import os
import re
import ssl
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from pathlib import Path

from stacks import zip_archive
from stacks.archive_asset import AssetError
from stacks.settings import Software

OLDEST_GLIBC = 5  # the minor version of glibc that manylinux1 stands for


def key(lock: Path, software: Software) -> str:
    """Return a key of the set of wheels: it depends on lock, interpreter and platform."""
    return zip_archive.digest({"lock": lock}, *_target(software))


def write(target: Path, lock: Path, software: Software) -> None:
    """Write a zip file of wheels to `target`, uncompressed, since wheels are compressed already.

    Raises AssetError where a wheel is missing, or isn't the one whose hash the lock holds.
    """
    with tempfile.TemporaryDirectory() as folder:
        download = subprocess.run(
            [*_pip(software), "--dest", folder, "--requirement", str(lock)],
            stdout=sys.stderr,
            check=False,
            env=_trusting_the_system(os.environ),
        )
        if download.returncode:
            raise AssetError(
                f"pip download of {lock.name} for {' '.join(_target(software))} failed; "
                "see its message above"
            )
        zip_archive.write(target, zip_archive.tree(Path(folder), prefix="wheels"), compress=False)


def _trusting_the_system(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which pip trusts the system's certificates, as the launcher does.

    PIP_CERT and pip's configuration come before this variable.
    """
    paths = ssl.get_default_verify_paths()
    system = environ.get("CURL_CA_BUNDLE") or paths.cafile or paths.capath or ""
    return {"REQUESTS_CA_BUNDLE": system, **environ}


def _pip(software: Software) -> list[str]:
    command = [sys.executable, "-m", "pip", "download", "--require-hashes", "--only-binary=:all:"]
    if software.platform == "native":
        return command
    version = software.python.removeprefix("python")
    tags = [f"--platform={tag}" for tag in platform_tags(software.platform)]
    return [*command, f"--python-version={version}", "--implementation=cp", *tags]


def platform_tags(platform: str) -> list[str]:
    """Every tag that a machine of this platform can install, newest first.

    pip takes `--platform` literally and doesn't add the older tags that it implies.
    https://peps.python.org/pep-0600/
    """
    found = re.fullmatch(r"manylinux_2_(\d+)_(\w+)", platform)
    if not found:
        raise ValueError(f"expected a manylinux_2_N_ARCH tag, not {platform!r}")
    newest, machine = int(found[1]), found[2]
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(newest, OLDEST_GLIBC - 1, -1)]
    return [*tags, *(f"{legacy}_{machine}" for legacy in ("manylinux2014", "manylinux2010"))]


def _target(software: Software) -> list[str]:
    if software.platform != "native":
        return [software.python, software.platform]
    return [f"python{sys.version_info.major}.{sys.version_info.minor}", sysconfig.get_platform()]
