"""Only public addresses can be a webhook's."""

import socket
from typing import Any

import pytest

from runtime.common.webhook_addresses import BadAddress, Target, is_public, parse, resolve

PRIVATE = (
    *("127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1"),
    *("169.254.169.254", "192.0.0.8", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:7f00:1::"),
    *("::7f00:1", "64:ff9b:1::7f00:1", "::ffff:0:7f00:1", "2002:a9fe:a9fe::"),
    *("fec0::1", "3fff::1", "5f00::1", "2001:10::1", "100::1"),
)

PUBLIC = ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14")

BAD = {
    "http://example.org/": "https://",
    "ftp://example.org/": "https://",
    "https://ada:secret@example.org/": "user name",
    "https://ada@example.org/": "user name",
    "https://example.org:22/": "port 443",
    "https://example.org:99999/": "isn't an address",
    "https://": "isn't an address",
    "https://example.org/#part": "isn't an address",
    "https://example.org\\@127.0.0.1/": "isn't an address",
    "https://example.org/\r\nHost: x": "plain letters",
    "https://exämple.org/": "plain letters",
    "https://[::1/": "isn't an address",
    f"https://example.org/{'x' * 500}": "500",
}


@pytest.mark.parametrize("address", PRIVATE)
def test_should_refuse_when_an_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_should_accept_when_an_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(("url", "why"), BAD.items())
def test_should_say_why_when_an_address_is_wrong(url: str, why: str) -> None:
    with pytest.raises(BadAddress, match=why):
        parse(url)


def test_should_keep_path_and_query_when_an_address_is_right() -> None:
    assert parse("https://example.org/a/b?c=d") == Target(True, "example.org", 443, "/a/b?c=d")
    assert parse("https://example.org:443").host_header == "example.org"


def test_should_refuse_when_one_of_the_addresses_of_a_name_is_private(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers: list[Any] = [(0, 0, 0, "", (each, 443)) for each in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: answers)
    with pytest.raises(BadAddress, match="isn't public"):
        resolve(parse("https://example.org/"))


@pytest.mark.parametrize("host", ["127.1", "0x7f000001", "2130706433", "localhost"])
def test_should_refuse_when_a_host_is_another_way_to_write_loopback(host: str) -> None:
    with pytest.raises(BadAddress):
        resolve(parse(f"https://{host}/"))
