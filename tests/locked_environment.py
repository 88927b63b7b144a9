"""Programs that pin other versions of packages than we do, each in an environment of its own."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from local.host.folder import Folder, tool


def install(lock: Path) -> Path:
    """Install what a lock file names, once for each of its states and each Python.

    Args:
        lock: made from the `.in` file beside it, as CONTRIBUTING.md says.

    Returns:
        The folder of its programs.
    """
    digest = sha256(lock.read_bytes() + sys.version.encode()).hexdigest()[:16]
    venv = Folder.of_repository().cache / lock.stem / digest
    programs = venv / "bin"
    installed = venv / "installed"
    if not installed.exists():
        uv, python = str(tool("uv")), str(programs / "python")
        subprocess.run([uv, "venv", "--clear", "--python", sys.executable, str(venv)], check=True)
        into = [uv, "pip", "install", "--python", python]
        subprocess.run([*into, "--require-hashes", "-r", str(lock)], check=True)
        installed.touch()
    return programs
