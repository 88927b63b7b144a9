"""Which hosts may be loaded without asking: those that are this machine."""

import ipaddress
from collections.abc import Callable
from urllib.parse import urlsplit

from loadtest.load_test_error import LoadTestError


def site_of(url: str) -> str:
    """Return a site's URL as scheme, host and port.

    Raises:
        LoadTestError: it is no http or https URL of a site's root.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise LoadTestError(
            f"'{url}' is no address of a site: expected one like https://gas.example.org"
        )
    if parts.username or parts.query or parts.fragment:
        raise LoadTestError(f"'{url}' holds more than scheme, host and port.")
    return f"{parts.scheme}://{parts.netloc}"


def is_loopback(url: str) -> bool:
    """Return whether a URL's host is this machine, by its name alone: nothing is looked up."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def require_leave(url: str, load: str, *, yes: bool, ask: Callable[[str], bool] | None) -> None:
    """Return when a site may be loaded.

    Args:
        url: of the site.
        load: what it would get, in words.
        yes: the leave was given on the command line.
        ask: puts a question to a person; None where nobody could answer it.

    Raises:
        LoadTestError: the host isn't this machine, and nobody gave leave.
    """
    if yes or is_loopback(url):
        return
    host = urlsplit(url).hostname
    if ask is None:
        raise LoadTestError(
            f"{host} isn't this machine, and nobody is here to be asked. If it is yours to load, "
            "say so with --yes."
        )
    if not ask(f"{host} isn't this machine. It would get {load}. Is it yours to load?"):
        raise LoadTestError(f"{host} was not loaded.")
