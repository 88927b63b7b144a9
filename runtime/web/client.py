"""Where a request comes from."""

from ipaddress import IPv6Address, ip_address, ip_network

from flask import request

IPV6_SITE_BITS = 64
"""What one customer of a provider has at the least; within it addresses are free to choose."""


def client_address() -> str:
    """Return the address of the client, as the load balancer saw it.

    The load balancer appends the address that it sees to X-Forwarded-For; whatever stands before
    that came from the client, who may write what they like there.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
    """
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    return _site(hops[-1].strip() or request.remote_addr or "")


def _site(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address):
        return str(ip_network((address, IPV6_SITE_BITS), strict=False))
    return str(address)
