"""Whatever a request holds, the answer isn't an error of ours: each route, with odd values."""

import itertools
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.web.routes import ROUTES
from tests.unit.web.site import Browser, Site

EXAMPLES = 6
"""Of each route. There are some 55 routes."""

AT_STRIPE = {"/subscribe", "/billing/", "/webhooks/"}
"""Beginnings of the paths that may say 503: this site has no keys of Stripe."""

ODD_HOSTS = [
    f"{'a' * 64}.example",
    "a..b",
    ".",
    "",
    "a b",
    "é" * 70,
    "a:b",
    "a:123456",
    f"{'a.' * 130}example",
    "[::1",
]

_TEXT = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    ["", "0", "-1", "9" * 30, "1e999", "NaN", "\x00", "\r\n", "%00", "MT:1-", "../..", "x" * 2_000]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)
_NAMES = (
    *("file_name", "size", "tickets", "token", "note", "notes", "csrf_token", "next", "cursor"),
    *("email", "password", "new_password", "name", "q", "state", "search", "contig", "gene"),
    *("region", "consequence", "impact", "significance", "sort", "page", "after", "before"),
)
_FIELDS = st.dictionaries(st.sampled_from(_NAMES) | _TEXT, _TEXT, max_size=4)


@st.composite
def _requests(draw: st.DrawFn) -> dict[str, Any]:
    """The arguments of a request, besides path and method."""
    sent: dict[str, Any] = {"query_string": draw(_FIELDS)}
    form = draw(st.sampled_from(["json", "form", "bytes", "nothing"]))
    if form == "json":
        known = st.dictionaries(st.sampled_from(_NAMES), _JSON, max_size=4)
        sent |= {"data": json.dumps(draw(known | _JSON)), "content_type": "application/json"}
    elif form == "form":
        sent["data"] = draw(_FIELDS)
    elif form == "bytes":
        sent |= {"data": draw(st.binary(max_size=60)), "content_type": "application/json"}
    headers = draw(
        st.dictionaries(
            st.sampled_from(["Accept", "Range", "If-None-Match", "Origin", "X-Forwarded-For"]),
            st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30),
            max_size=2,
        )
    )
    return sent | {"headers": headers}


@dataclass(frozen=True)
class Owner:
    """Somebody who is signed in, and a job of theirs."""

    browser: Browser
    job_id: str


@pytest.fixture(scope="module")
def owner(site: Site) -> Owner:
    user = site.user()
    return Owner(site.browser(user), site.job(user).job_id)


@pytest.mark.parametrize("route", [r for r in ROUTES if "/sign-out" not in r])
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(sent=_requests(), odd=_TEXT)
def test_should_answer_without_an_error_of_ours_when_a_request_is_odd(
    site: Site, owner: Owner, route: str, sent: dict[str, Any], odd: str
) -> None:
    method, rule = route.split(" ")
    path = rule.replace("<uuid:job_id>", owner.job_id)
    for name in ("<token>", "<version>", "<path:name>"):
        path = path.replace(name, quote(odd, safe="") or "x")
    token = {"X-CSRFToken": owner.browser.csrf_token()}
    for client, extra in itertools.product(
        (owner.browser.client, site.visitor().client), ({}, token)
    ):
        headers = {**sent["headers"], **extra}
        try:
            answer = client.open(path, method=method, **{**sent, "headers": headers})
        except ValueError as error:
            # The test client refuses header values that no server would let through either.
            assert "header" in str(error).lower()  # noqa: PT017 - only then it's the client's
            continue
        may_miss_stripe = any(rule.startswith(each) for each in AT_STRIPE)
        assert answer.status_code < 500 or (answer.status_code == 503 and may_miss_stripe)


@pytest.mark.parametrize("host", ODD_HOSTS)
@pytest.mark.parametrize("path", ["/", "/sign-in", "/jobs", "/nothing", "/health"])
def test_should_answer_400_when_the_host_header_names_no_host(
    site: Site, host: str, path: str
) -> None:
    answer = site.visitor().client.get(path, headers={"Host": host})

    assert answer.status_code == 400
    assert "Host" in answer.text


@pytest.mark.parametrize("host", ["10.0.0.7:8080", "gas.example.org", "[::1]:80", "_a.x", "a."])
def test_should_answer_as_always_when_the_host_has_another_name(site: Site, host: str) -> None:
    assert site.visitor().client.get("/sign-in", headers={"Host": host}).status_code == 200
