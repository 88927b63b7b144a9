"""Which addresses a webhook may have: public ones, over HTTPS.

A stranger chooses the address, and a process of the platform connects to it. So it must not lead
to what only the platform can reach. A name is resolved, each of its IP addresses is checked, and
the connection goes to one that was checked: a later answer of the name's server changes nothing.
https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
"""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

MAX_URL_LENGTH = 500

HTTPS_PORT = 443
"""The only port: the fleets' security groups let out nothing else."""

_TRANSLATED = tuple(ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48"))
"""NAT64: the last 32 bits are an IPv4 address. https://www.rfc-editor.org/rfc/rfc6052
https://www.rfc-editor.org/rfc/rfc8215"""

_NOT_GLOBAL = tuple(
    ip_network(each) for each in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20")
)
"""Protocol assignments, relays of 6to4, and documentation, which releases of Python judge unlike.
https://www.iana.org/assignments/iana-ipv6-special-registry/"""

_GLOBAL_IPV6 = ip_network("2000::/3")
"""All global unicast addresses of IPv6. Python takes others for public, such as fec0::1.
https://www.iana.org/assignments/ipv6-address-space/"""

_NO_ADDRESS = "This isn't an address. Enter one such as https://example.org/gas."


class BadAddress(ValueError):
    """A webhook can't have this address; the text is a sentence that says why."""


@dataclass(frozen=True)
class Target:
    """The parts of an address that a request needs; `path` has the query too."""

    https: bool
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """The header Host, without the scheme's own port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = HTTPS_PORT if self.https else 80
        return host if self.port == usual else f"{host}:{self.port}"


def parse(url: str, *, any_address: bool = False) -> Target:
    """Return the parts of a webhook's address.

    Args:
        any_address: allow http and any port: `events.any_address` of a stage.

    Raises:
        BadAddress: saying what is wrong.
    """
    if len(url) > MAX_URL_LENGTH or not url.isascii() or not url.isprintable() or " " in url:
        raise BadAddress(f"Enter an address of up to {MAX_URL_LENGTH} plain letters.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadAddress(_NO_ADDRESS) from None
    if parts.scheme != "https" and not (any_address and parts.scheme == "http"):
        raise BadAddress("The address must begin with https://.")
    if "\\" in url or parts.fragment or not parts.hostname:
        raise BadAddress(_NO_ADDRESS)
    if parts.username is not None or parts.password is not None:
        raise BadAddress("The address must hold no user name and no password.")
    https = parts.scheme == "https"
    port = port if port is not None else HTTPS_PORT if https else 80
    if port != HTTPS_PORT and not any_address:
        raise BadAddress(f"The address must have port {HTTPS_PORT}, or none.")
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    return Target(https, parts.hostname, port, path)


def resolve(target: Target, *, any_address: bool = False) -> list[str]:
    """Return the IP addresses of the target's host, which may all be connected to.

    Raises:
        BadAddress: the host has no address, or one that isn't public.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise BadAddress(f"The name {target.host} has no address on the internet.") from None
    addresses = [str(each[4][0]) for each in found]
    if not any_address and not all(map(is_public, addresses)):
        raise BadAddress(f"{target.host} leads to an address that isn't public.")
    return list(dict.fromkeys(addresses))


def is_public(address: str) -> bool:
    """Whether an IP address is a public one of a single machine.

    Loopback, private, link-local (with the instance metadata), shared, reserved and multicast
    ranges aren't. An IPv6 address that stands for an IPv4 one counts as that.
    """
    try:
        parsed = ip_address(address)
    except ValueError:  # an IPv6 address with a zone, such as fe80::1%eth0
        return False
    embedded = _embedded(parsed) if isinstance(parsed, IPv6Address) else None
    if embedded is not None:
        return is_public(str(embedded))
    if any(parsed in network for network in _NOT_GLOBAL):
        return False
    if isinstance(parsed, IPv6Address) and parsed not in _GLOBAL_IPV6:
        return False
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that packets to this IPv6 address end at, if there is one."""
    if any(address in network for network in _TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if int(address) >> 32 == 0 and int(address) > 1:  # IPv4-compatible, which is deprecated
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
