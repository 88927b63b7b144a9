"""A Debian root file system, made once and kept under .gas/cache."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from tests.boot.machine import NotHere, mirror

PACKAGES = ("curl", "dbus", "iproute2", "python3", "systemd", "systemd-sysv")
"""What Amazon Linux 2023 has too, beyond Debian's smallest base; iproute2 is for the tests."""

MAKE_SECONDS = 900


def root_file_system(cache: Path, release: str) -> Path:
    """The folder that holds it; made by debootstrap unless it is there.

    Raises:
        NotHere: debootstrap couldn't make it; the text ends with its last lines.
    """
    key = hashlib.sha256(" ".join((release, *PACKAGES)).encode()).hexdigest()[:12]
    made = cache / f"rootfs-{release}-{key}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "rootfs.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            part = made.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            _make(part, release)
            part.rename(made)
    return made


def _make(target: Path, release: str) -> None:
    source = mirror()
    done = subprocess.run(
        [
            # What debootstrap mounts, /proc among it, goes with it, even when it is killed: nothing
            # may be mounted in a folder that is removed.
            *("unshare", "--mount"),
            "debootstrap",
            "--variant=minbase",
            f"--include={','.join(PACKAGES)}",
            release,
            str(target),
            source,
        ],
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=MAKE_SECONDS,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotHere(f"debootstrap failed:\n{done.stdout[-2000:]}")
    shutil.rmtree(target / "var/cache/apt/archives", ignore_errors=True)
