"""A real provider of OpenID Connect, and a web app whose people may sign in there."""

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from oidc_provider_mock import run_server_in_thread
from werkzeug.test import TestResponse

from runtime.contract.issuers import Issuer, encode_issuers
from tests.emulator import Emulator
from tests.unit.web.parts import create_parts
from tests.unit.web.rendered_pages import RenderedPages
from tests.unit.web.site import Browser, Site, environment_of

CLIENT_SECRET = "a client secret"
UNREACHABLE = "http://127.0.0.1:9"
"""The discard port, where nothing listens."""


@dataclass(frozen=True)
class Provider:
    """The provider, and what a person does at its pages."""

    url: str

    def person(self, **claims: Any) -> str:
        """Make a person there, whose verified address is new unless `claims` say otherwise."""
        subject = f"person-{uuid.uuid4().hex[:8]}"
        known = {"email": f"{subject}@example.org", "email_verified": True, "name": "Grace Hopper"}
        body = {name: value for name, value in (known | claims).items() if value is not None}
        httpx.put(f"{self.url}/users/{subject}", json=body).raise_for_status()
        return subject

    def email(self, subject: str) -> str:
        """The address of a person of `person`."""
        return f"{subject}@example.org"

    def agree(self, address: str, subject: str) -> str:
        """Sign in there; return the path that the browser is sent back to."""
        answer = httpx.post(address, data={"sub": subject})
        assert answer.status_code == 302, answer.text
        return path_of(answer.headers["Location"])


def path_of(address: str) -> str:
    """The path of an address, with its query."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    """The provider."""
    with run_server_in_thread(require_nonce=True) as server:
        yield Provider(f"http://localhost:{server.server_port}")


@pytest.fixture(scope="session")
def site(
    emulator: Emulator,
    files: Path,
    vendor: Path,
    rendered_pages: RenderedPages,
    provider: Provider,
) -> Site:
    """A web app with an issuer that works, one that doesn't answer, and one without a secret."""
    issuers = [
        Issuer(name="uni", label="Example University", url=provider.url, client_id="gas"),
        Issuer(name="down", label="Silent Institute", url=UNREACHABLE, client_id="gas"),
        Issuer(name="bare", label="Bare College", url=provider.url, client_id="gas"),
        Issuer(name="wrong", label="Wrong Place", url=f"{provider.url}/", client_id="gas"),
    ]
    secrets = emulator.session.client("secretsmanager", endpoint_url=emulator.endpoint_url)
    with environment_of(emulator):
        parts = create_parts(emulator, files)
        secrets.put_secret_value(
            SecretId=parts.config.sign_in_secret_arn,
            SecretString=json.dumps(dict.fromkeys(("uni", "down", "wrong"), CLIENT_SECRET)),
        )
        made = parts.connect(vendor, sign_in_issuers=encode_issuers(issuers))
    rendered_pages.collect_from(made.app)
    return made


def depart(browser: Browser, path: str = "/sign-in/with/uni") -> str:
    """Follow the link to the institution; return its address."""
    answer = browser.get(path)
    assert answer.status_code == 303, answer.text
    return answer.location


def come(browser: Browser, provider: Provider, subject: str, path: str = "") -> TestResponse:
    """Sign in with the institution; return the answer to coming back."""
    departed = depart(browser, path or "/sign-in/with/uni")
    return browser.get(provider.agree(departed, subject))


def create_account(browser: Browser, provider: Provider, subject: str) -> TestResponse:
    """Sign in for the first time, and make an account."""
    assert come(browser, provider, subject).location == "/sign-in/new"
    return browser.post("/sign-in/new", name="Grace Hopper")


def identities_on(page: str) -> list[str]:
    """The identities that the page of linked institutions lists."""
    return re.findall(r'name="identity" value="([^"]+)"', page)
