"""An instance: the root file system, booted by its own systemd, with real user data."""

import subprocess
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.boot.namespace import Namespace

INIT = Path(__file__).with_name("init.sh")

BOOT_LOG = "/var/log/cloud-init-output.log"
BOOTED_WITHIN_SECONDS = 240

USER_DATA_UNIT = f"""\
[Unit]
Description=What cloud-init does on EC2: the instance's user data, once

[Service]
Type=oneshot
ExecStart=/bin/bash /var/lib/cloud/user-data
StandardOutput=append:{BOOT_LOG}
StandardError=inherit

[Install]
WantedBy=multi-user.target
"""

AWS_CLI = """\
#!/bin/sh
PYTHONPATH=/opt/aws-cli PYTHONSAFEPATH=1 exec python3 -m awscli "$@"
"""


@dataclass(frozen=True)
class BootedInstance:
    """A running instance."""

    init: psutil.Process

    def run(self, *command: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run a command on it, as root."""
        done = subprocess.run(
            [
                *("nsenter", "--target", str(self.init.pid), "--all"),
                *("/usr/bin/env", "-i"),
                *("PATH=/usr/local/bin:/usr/sbin:/usr/bin", "SYSTEMD_COLORS=0", *command),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def read(self, path: str) -> str:
        """A file of it, empty while there is none."""
        return self.run("bash", "-c", f"[ ! -f {path} ] || cat {path}").stdout

    def property(self, unit: str, name: str) -> str:
        """What systemd says of a unit."""
        return self.run("systemctl", "show", "--property", name, "--value", unit).stdout.strip()

    def wait_until_booted(self) -> None:
        """Wait for the end of the user data; raises AssertionError with the log if they failed."""
        deadline = time.monotonic() + BOOTED_WITHIN_SECONDS
        asking = ("systemctl", "show", "--property=ActiveState", "--value", "user-data")
        # systemd gives no answer yet when it has just begun.
        while (state := self.run(*asking, check=False).stdout.strip()) != "failed":
            if state == "inactive" and "boot: booted after" in self.read(BOOT_LOG):
                return
            assert time.monotonic() < deadline, f"not booted in time:\n{self.read(BOOT_LOG)}"
            time.sleep(0.5)
        raise AssertionError(f"not booted:\n{self.read(BOOT_LOG)}")


@contextmanager
def booting(
    rootfs: Path,
    folder: Path,
    *,
    network: Namespace,
    user_data: str,
    environment: dict[str, str],
) -> Iterator[BootedInstance]:
    """Boot in `network`; `environment` is what every process of the instance is given.

    `folder` takes what the instance writes, and its console.
    """
    _write_image(folder / "image", user_data, environment)
    with (folder / "console.log").open("wb") as console:
        process = subprocess.Popen(
            [
                *("ip", "netns", "exec", network.name),
                *("unshare", "--mount", "--pid", "--fork", "--kill-child", "--uts", "--ipc"),
                *("--cgroup", "bash", str(INIT)),
                *(str(rootfs), str(folder), sysconfig.get_path("purelib")),
            ],
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
        )
        try:
            yield BootedInstance(_init(psutil.Process(process.pid), folder))
        finally:
            process.kill()  # and with it PID 1 of the namespace, and so everything in there
            process.wait()


def _init(outer: psutil.Process, folder: Path) -> psutil.Process:
    """The instance's PID 1, once systemd runs there."""
    deadline = time.monotonic() + BOOTED_WITHIN_SECONDS
    while time.monotonic() < deadline:
        for child in outer.children():
            if child.name() == "systemd":
                return child
        assert outer.is_running(), (folder / "console.log").read_text()
        assert outer.status() != psutil.STATUS_ZOMBIE, (folder / "console.log").read_text()
        time.sleep(0.05)
    raise AssertionError(f"no systemd:\n{(folder / 'console.log').read_text()}")


def _write_image(image: Path, user_data: str, environment: dict[str, str]) -> None:
    """What lies over the root file system: the image's own doings, none of which are ours."""
    quoted = " ".join(f'"{name}={value}"' for name, value in environment.items())
    files = {
        "etc/systemd/system/user-data.service": USER_DATA_UNIT,
        "etc/systemd/system.conf.d/emulator.conf": f"[Manager]\nDefaultEnvironment={quoted}\n",
        "var/lib/cloud/user-data": user_data,
        "usr/local/bin/aws": AWS_CLI,
    }
    for name, text in files.items():
        path = image / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (image / "usr/local/bin/aws").chmod(0o755)
    wanted = image / "etc/systemd/system/multi-user.target.wants/user-data.service"
    wanted.parent.mkdir()
    wanted.symlink_to("/etc/systemd/system/user-data.service")
