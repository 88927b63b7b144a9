"""Signing in with an institution, and with a second factor: a real provider, and a site of its own.

The platform's stage names no issuer, so the site runs here, on an emulator of its own.
"""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyotp
import pytest
from oidc_provider_mock import run_server_in_thread
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from werkzeug.serving import make_server

from runtime.contract.issuers import Issuer, encode_issuers
from tests.browser.axe import axe_in_both_themes
from tests.emulator import free_port, running_emulator
from tests.unit.outbox import Outbox
from tests.unit.web.parts import create_parts
from tests.unit.web.site import MAIL_SENDER, PASSWORD, Site, environment_of

SUBJECT, EMAIL = "grace", "grace@university.example.org"
CLAIMS = {"email": EMAIL, "email_verified": True, "name": "Grace Hopper"}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of the provider, which knows one person."""
    with run_server_in_thread(require_nonce=True) as server:
        url = f"http://localhost:{server.server_port}"
        httpx.put(f"{url}/users/{SUBJECT}", json=CLAIMS).raise_for_status()
        yield url


@pytest.fixture(scope="module")
def site(
    bundle_folder: Path, provider: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The web app, served, with the provider as its issuer."""
    vendor = tmp_path_factory.mktemp("vendor")
    (vendor / "igv.esm.min.js").write_text("export default {};")
    issuer = Issuer(name="uni", label="Example University", url=provider, client_id="gas")
    port = free_port()
    with running_emulator() as emulator, environment_of(emulator):
        Outbox(emulator, MAIL_SENDER)  # has the sender verified
        parts = create_parts(emulator, bundle_folder.parent)
        secrets = emulator.session.client("secretsmanager", endpoint_url=emulator.endpoint_url)
        secrets.put_secret_value(
            SecretId=parts.config.sign_in_secret_arn,
            SecretString=json.dumps({"uni": "a client secret"}),
        )
        made = parts.connect(
            vendor,
            site_url=f"http://127.0.0.1:{port}",
            sign_in_issuers=encode_issuers([issuer]),
        )
        server = make_server("127.0.0.1", port, made.app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield made
        server.shutdown()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page of a fresh profile; what a content security policy of ours refuses fails the test."""
    refused: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            refused.append(message.text)

    with browser.new_context(base_url=site.config.site_url, locale="en-GB") as context:
        opened = context.new_page()
        opened.on("console", note)
        yield opened
    assert refused == []


def sign_in_at_the_institution(page: Page) -> None:
    """Follow the button, and agree at the provider's page."""
    page.goto("/sign-in")
    page.get_by_role("link", name="Sign in with Example University").click()
    page.locator("input[name=sub]").fill(SUBJECT)
    page.locator("button").first.click()


def test_should_make_an_account_and_find_it_when_somebody_comes_from_an_institution(
    page: Page, site: Site
) -> None:
    sign_in_at_the_institution(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Create your account")
    axe_in_both_themes(page)
    page.get_by_role("button", name="Create my account").click()
    page.wait_for_url("**/jobs")
    for path in ("/profile", "/profile/institutions", "/profile/delete"):
        page.goto(path)
        axe_in_both_themes(page)
    page.context.clear_cookies()
    sign_in_at_the_institution(page)
    page.wait_for_url("**/jobs")
    assert site.services.users.by_email(EMAIL)


def test_should_ask_for_a_code_when_a_second_factor_was_set_up(page: Page, site: Site) -> None:
    user = site.user()
    sign_in(page, user.email)
    page.wait_for_url("**/jobs")
    page.goto("/profile/second-factor")
    page.get_by_label("Your password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Set it up").click()
    axe_in_both_themes(page)
    secret = page.locator(".mono").inner_text().replace(" ", "")
    page.get_by_label("Code that the app shows").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    axe_in_both_themes(page)
    recovery_code = page.locator(".codes li").first.inner_text()
    page.context.clear_cookies()
    sign_in(page, user.email)
    page.wait_for_url("**/sign-in/code")
    axe_in_both_themes(page)
    page.get_by_label("Code").fill(recovery_code)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/jobs")


def sign_in(page: Page, email: str) -> None:
    """Send the form with the password."""
    page.goto("/sign-in")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
