"""Whose attempts are counted: the address that the load balancer saw, not what a client claims."""

import pytest
from flask import Flask

from runtime.web.client_address import client_address


@pytest.mark.parametrize(
    ("hops", "address"),
    [
        (None, "127.0.0.1"),
        ("203.0.113.7", "203.0.113.7"),
        ("10.0.0.1, 198.51.100.9,203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("not an address", "not an address"),
        ('"an unclosed quote, 203.0.113.7', "203.0.113.7"),
    ],
)
def test_should_be_the_last_hop_when_a_load_balancer_stands_before(
    hops: str | None, address: str
) -> None:
    headers = {"X-Forwarded-For": hops} if hops else {}
    with Flask("x").test_request_context(
        headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1"}
    ):
        assert client_address() == address
