"""Where the service is, and the token: from GAS_URL and GAS_TOKEN, or from a file of its own."""

import configparser
import os
import stat
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from gas_client.errors import NotSaved, UsageError

SECTION = "gas"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Settings:
    """The service's address (scheme, host, port) and the token that is sent to it."""

    url: str
    token: str = field(repr=False)


def config_file() -> Path:
    """The file that `gas-client login` writes.

    https://specifications.freedesktop.org/basedir-spec/latest/
    """
    return _folder("XDG_CONFIG_HOME", ".config") / "config.ini"


def cache_folder() -> Path:
    """Where the state of unfinished uploads is kept."""
    return _folder("XDG_CACHE_HOME", ".cache")


def read_settings(url: str | None = None) -> Settings:
    """Return the settings: `url` comes first, then the variables, then the file.

    A token of the file is sent only to the address that stands beside it.

    Raises:
        UsageError: one is missing or isn't right; the message says what to do.
    """
    # An empty variable is an unset one, as the shell's ${NAME:-} has it.
    url = url or os.environ.get("GAS_URL") or None
    token = os.environ.get("GAS_TOKEN") or None
    if url is None or token is None:
        saved = _read_file(config_file())
        url = url or (saved.url if saved else None)
        if url is None:
            raise UsageError(
                "No service is named. Run gas-client login, or set GAS_URL to its address."
            )
        if token is None and saved is not None and saved.url == check_url(url):
            token = saved.token
    if not token:
        raise UsageError(
            f"There is no token for {url}. Make one on the account's page there, then run "
            "gas-client login, or set GAS_TOKEN."
        )
    return Settings(check_url(url), check_token(token))


def check_url(url: str) -> str:
    """Return an address without a slash at its end.

    Raises:
        UsageError: it isn't one, or would send the token unencrypted to another machine.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise UsageError(f"{url!r} isn't an address: {error}.") from error
    if parts.scheme not in ("http", "https") or not host:
        raise UsageError(f"{url!r} isn't an address such as https://gas.example.org.")
    if parts.scheme == "http" and host not in LOOPBACK:
        raise UsageError(f"{url} would send the token unencrypted. Use https.")
    return url.rstrip("/")


def check_token(token: str) -> str:
    """Return a token without the spaces around it.

    Raises:
        UsageError: it can't be one.
    """
    token = token.strip()
    if not token.startswith("gas_") or not token.isascii() or not token.isprintable():
        raise UsageError("The token must begin with gas_. Copy it from the account's page.")
    return token


def save_settings(settings: Settings) -> Path:
    """Write the file, which only its owner may read. Return its path.

    Raises:
        NotSaved: it can't be written.
    """
    path = config_file()
    parser = configparser.RawConfigParser()
    parser[SECTION] = {"url": settings.url, "token": settings.token}
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp makes the file with mode 0600, and replace keeps it.
        number, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            parser.write(file)
        Path(name).replace(path)
    except OSError as error:
        raise NotSaved(f"{path} can't be written: {error.strerror}.") from error
    return path


def _read_file(path: Path) -> Settings | None:
    """Return what the file says; None if there is none."""
    try:
        with path.open(encoding="utf-8") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if os.name == "posix" and mode & 0o077:
                raise UsageError(
                    f"{path} holds a token, and others may read it. Run: chmod 600 {path}"
                )
            parser = configparser.RawConfigParser()
            parser.read_file(file)
            saved = parser[SECTION]
            return Settings(check_url(saved["url"]), saved["token"])
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}.") from error
    except (configparser.Error, KeyError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} isn't as gas-client login writes it. Run gas-client login again."
        ) from error


def _folder(variable: str, default: str) -> Path:
    """A folder of ours below an XDG folder; a relative path in the variable doesn't count."""
    base = Path(os.environ.get(variable, ""))
    return (base if base.is_absolute() else Path.home() / default) / "gas-client"
