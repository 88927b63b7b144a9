"""Checks before the platform starts. Each error says what is wrong and how to fix it."""

import socket
import sys

import psutil

from local.errors import LocalError
from local.host.folder import REPOSITORY, Folder, cdk_cli, tool

OLDEST_PYTHON = (3, 11)
TOOLS = ("node", "aws", "uv")

SITE_PORT = 8000

EMULATOR_PORT = 4566
"""The usual port of such emulators."""

EMULATOR_PORTS_TRIED = 20


def check_python(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> None:
    """Check the version of Python.

    Raises:
        LocalError: it is too old.
    """
    if version[:2] < OLDEST_PYTHON:
        have, need = (".".join(map(str, parts)) for parts in (version, OLDEST_PYTHON))
        raise LocalError(
            f"This is Python {have}; GAS needs {need} or later. Install one, then delete .venv "
            "and run ./gas again."
        )


def check_tools() -> None:
    """Check that the installation is complete.

    Raises:
        LocalError: programs are missing; the message names them.
    """
    missing = [path for path in (*map(tool, TOOLS), cdk_cli()) if not path.exists()]
    if missing:
        names = ", ".join(str(path.relative_to(REPOSITORY)) for path in missing)
        raise LocalError(
            f"Parts of the installation are missing: {names}. Delete .venv and "
            "node_modules, then run ./gas again."
        )


def check_folder(folder: Folder) -> None:
    """Create the folder, and write a file there.

    Raises:
        LocalError: that isn't possible.
    """
    try:
        folder.make()
        probe = folder.root / "probe"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise LocalError(
            f"{folder.root} can't be written: {error.strerror}. Make it writable, or clone the "
            "repository to a folder that is."
        ) from error


def check_port(port: int, option: str) -> None:
    """Check that a port is free.

    Args:
        port: of 127.0.0.1.
        option: the command's option for another port.

    Raises:
        LocalError: it is in use; the message names the process if the system allows that.
    """
    if not is_free(port):
        raise LocalError(
            f"Port {port} is in use{_by_whom(port)}. Stop that process, or choose another port: "
            f"./gas up {option} {port + 1}"
        )


def choose_emulator_port(wanted: int | None) -> int:
    """Return the wanted port, or without one the first free port from EMULATOR_PORT on.

    Raises:
        LocalError: it isn't free, or no port is.
    """
    if wanted is not None:
        check_port(wanted, "--emulator-port")
        return wanted
    for port in range(EMULATOR_PORT, EMULATOR_PORT + EMULATOR_PORTS_TRIED):
        if is_free(port):
            return port
    last = EMULATOR_PORT + EMULATOR_PORTS_TRIED - 1
    raise LocalError(
        f"All ports from {EMULATOR_PORT} to {last} are in use. Choose one: "
        "./gas up --emulator-port PORT"
    )


def is_free(port: int) -> bool:
    """Whether a port of 127.0.0.1 is free."""
    with socket.socket() as probe:
        # As servers do: old connections of a server that has ended don't count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise LocalError(f"Port {port} needs root. Choose a port from 1024 on.") from error
        except OSError:
            return False
    return True


def _by_whom(port: int) -> str:
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return ""
    for connection in connections:
        listens = connection.status == psutil.CONN_LISTEN
        if listens and connection.pid and connection.laddr[1:] == (port,):
            return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    return ""
