"""Which hosts may be loaded without asking: this machine alone."""

import ipaddress
from collections.abc import Callable
from urllib.parse import urlsplit

from loadtest.load_test_error import LoadTestError


def site_of(url: str) -> str:
    """Return a site's URL as scheme, host and port.

    Raises:
        LoadTestError: it isn't the http or https URL of a site's root.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise LoadTestError(
            f"'{url}' isn't the address of a site; expected something like https://gas.example.org"
        )
    if parts.username or parts.query or parts.fragment:
        raise LoadTestError(f"'{url}' has more than scheme, host and port.")
    return f"{parts.scheme}://{parts.netloc}"


def is_loopback(url: str) -> bool:
    """Return whether a URL's host is this machine, judged by its name: there is no DNS query."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def require_permission(
    url: str, load: str, *, yes: bool, ask: Callable[[str], bool] | None
) -> None:
    """Check that a site may be loaded, and ask if it isn't on this machine.

    Args:
        url: of the site.
        load: the load in words.
        yes: permission was given on the command line.
        ask: asks the user a question; None where there is no user to ask.

    Raises:
        LoadTestError: the host isn't this machine, and nobody gave permission.
    """
    if yes or is_loopback(url):
        return
    host = urlsplit(url).hostname
    if ask is None:
        raise LoadTestError(
            f"{host} isn't this machine, and there is nobody to ask. If you may load it, use --yes."
        )
    if not ask(f"{host} isn't this machine. It would get {load}. Are you allowed to load it?"):
        raise LoadTestError(f"{host} was not loaded.")
