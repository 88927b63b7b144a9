"""The address of the client that sent a request."""

from ipaddress import IPv6Address, ip_address, ip_network

from flask import request

IPV6_SITE_BITS = 64
"""A provider gives each customer at least this network, who may choose any address in it."""


def client_address() -> str:
    """Return the address of the client, as the load balancer saw it; of IPv6 the /64 network.

    The load balancer appends the address that it sees to X-Forwarded-For. What is in front of that
    came from the client, who may write anything there.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html

    Not werkzeug's ProxyFix: it reads the header as a list of quoted strings, so a single quotation
    mark from the client makes it ignore the load balancer's entry, too (werkzeug 3.1.9). The
    address would then be the load balancer's own, and one client could use up the attempts of all.
    """
    last = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return _site(last or request.remote_addr or "")


def _site(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address):
        return str(ip_network((address, IPV6_SITE_BITS), strict=False))
    return str(address)
