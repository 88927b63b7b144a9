"""Nothing but this machine is loaded without somebody's leave."""

import pytest

from loadtest.hosts import is_loopback, require_permission, site_of
from loadtest.load_test_error import LoadTestError

LOAD = "200 users"


def never_asked(question: str) -> bool:
    raise AssertionError(f"nobody should have been asked: {question}")


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.1.2.3", True),
        ("http://localhost:8000", True),
        ("http://LOCALHOST", True),
        ("http://[::1]:8000", True),
        ("https://gas.example.org", False),
        ("http://10.0.0.1", False),
        ("http://192.168.1.1:8000", False),
        ("http://0.0.0.0:8000", False),
        ("http://localhost.example.org", False),
        ("http://127.0.0.1.example.org", False),
        ("http://example.org:127", False),
    ],
)
def test_should_know_this_machine_when_it_sees_an_address(url: str, loopback: bool) -> None:
    assert is_loopback(url) is loopback


def test_should_ask_nobody_when_the_host_is_this_machine() -> None:
    require_permission("http://127.0.0.1:8000", LOAD, yes=False, ask=never_asked)


def test_should_refuse_a_foreign_host_when_nobody_can_be_asked() -> None:
    with pytest.raises(LoadTestError, match=r"gas\.example\.org isn't this machine.*--yes"):
        require_permission("https://gas.example.org", LOAD, yes=False, ask=None)


def test_should_refuse_a_foreign_host_when_the_answer_is_no() -> None:
    asked = []

    def no(question: str) -> bool:
        asked.append(question)
        return False

    with pytest.raises(LoadTestError, match="was not loaded"):
        require_permission("https://gas.example.org", LOAD, yes=False, ask=no)
    assert "gas.example.org" in asked[0]
    assert LOAD in asked[0]


def test_should_load_a_foreign_host_when_leave_was_given() -> None:
    require_permission("https://gas.example.org", LOAD, yes=True, ask=never_asked)
    require_permission("https://gas.example.org", LOAD, yes=False, ask=lambda _: True)


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("https://gas.example.org", "https://gas.example.org"),
    ],
)
def test_should_take_scheme_host_and_port_when_a_site_is_named(url: str, site: str) -> None:
    assert site_of(url) == site


@pytest.mark.parametrize(
    "url",
    [
        "gas.example.org",
        "ftp://gas.example.org",
        "http://",
        "http://gas.example.org/jobs",
        "http://me@gas.example.org",
        "http://gas.example.org?x=1",
    ],
)
def test_should_refuse_an_address_when_it_is_no_sites(url: str) -> None:
    with pytest.raises(LoadTestError):
        site_of(url)
