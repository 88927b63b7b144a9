"""What browsers are told that pages may do, and that the pages keep to it."""

import re
from collections.abc import Iterator

import pytest

from runtime.contract.processes import WebConfig
from runtime.web.app import create_app
from runtime.web.extensions.assets import Assets
from runtime.web.extensions.security_headers import SecurityHeaders
from tests.unit.web.site import SECRET, Site

INLINE = re.compile(
    r"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|=.javascript:", re.IGNORECASE
)
FOREIGN = re.compile(r'(?:src|href|action)="(?:https?:)?//')


def directives(policy: str) -> dict[str, str]:
    return dict(part.strip().split(" ", 1) for part in policy.split(";"))


def test_should_allow_nothing_but_ourselves_and_the_storage_when_a_page_is_sent(
    site: Site,
) -> None:
    sent = site.visitor().get("/sign-in").headers
    storage = re.match(r"https?://[^/]+", site.services.uploads.post_url())
    assert storage
    assert directives(sent["Content-Security-Policy"]) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": f"'self' {storage[0]}",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert sent["Referrer-Policy"] == "same-origin"
    assert sent["Cross-Origin-Opener-Policy"] == "same-origin"
    assert sent["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in sent


@pytest.mark.parametrize("path", ["/", "/register", "/health", "/nothing", "/sign-in", "/jobs"])
def test_should_carry_the_policy_when_any_answer_is_sent(site: Site, path: str) -> None:
    assert "default-src 'none'" in site.visitor().get(path).headers["Content-Security-Policy"]


def test_should_allow_the_bucket_alone_when_uploads_go_to_aws() -> None:
    headers = SecurityHeaders(
        upload_url="https://inputs.s3.eu-west-1.amazonaws.com/", https=True
    ).headers
    allowed = directives(headers["Content-Security-Policy"])["connect-src"]
    assert allowed == "'self' https://inputs.s3.eu-west-1.amazonaws.com"
    assert headers["Strict-Transport-Security"] == "max-age=31536000"


def test_should_send_the_cookie_over_https_alone_when_the_site_has_it(
    site: Site, vendor: str
) -> None:
    config = site.config.model_copy(update={"site_url": "https://gas.example.org"})
    assert isinstance(config, WebConfig)
    app = create_app(config, secret=SECRET, services=site.services, assets=site_assets(site))
    cookie = app.test_client().get("/sign-in", base_url="https://gas.example.org")
    assert cookie.headers["Set-Cookie"].startswith("__Host-gas=")
    assert "Secure" in cookie.headers["Set-Cookie"]
    assert "Domain" not in cookie.headers["Set-Cookie"]


def site_assets(site: Site) -> Assets:
    assets = site.app.extensions["assets"]
    assert isinstance(assets, Assets)
    return assets


VISITORS = ("/", "/register", "/sign-in", "/forgot", "/confirm/again", "/confirm/x", "/nothing")


def pages(site: Site) -> Iterator[tuple[str, str]]:
    """Every kind of page, as a visitor and as a user in whose list jobs of every state are."""
    visitor = site.visitor()
    yield from ((path, visitor.get(path).text) for path in VISITORS)
    user = site.user()
    browser = site.browser(user)
    yield "empty list", browser.get("/jobs").text
    jobs = site.jobs
    pending, running, failed, completed = (site.job(user) for _ in range(4))
    jobs.claim(running.job_id, lease_seconds=60)
    jobs.fail(jobs.claim(failed.job_id, lease_seconds=60), "Not a VCF.")
    jobs.complete(jobs.claim(completed.job_id, lease_seconds=60), reference_version="1.0.0")
    for job in (pending, running, failed, completed):
        yield f"job {job.job_id}", browser.get(f"/jobs/{job.job_id}").text
        yield f"log {job.job_id}", browser.get(f"/jobs/{job.job_id}/log").text
    yield "list", browser.get("/jobs").text
    for path in ("/profile", "/profile/password", "/profile/delete"):
        yield path, browser.get(path).text
    yield "upload", browser.get("/upload").text


def test_should_hold_nothing_inline_and_name_no_other_host_when_a_page_is_rendered(
    site: Site,
) -> None:
    for name, page in pages(site):
        assert not INLINE.search(page), f"{name}: {INLINE.search(page)}"
        assert not FOREIGN.search(page), f"{name}: {FOREIGN.search(page)}"


def test_should_be_whole_when_a_page_is_rendered(site: Site) -> None:
    for name, page in pages(site):
        assert page.count("<h1") == 1, name
        assert 'class="skip" href="#content"' in page, name
        assert '<html lang="en-GB">' in page, name
        signed_in = name not in VISITORS
        assert ('name="csrf-token"' in page) == signed_in, name
        for field in re.findall(r'<input[^>]* id="(\w+)"', page):
            assert re.search(rf'<label[^>]* for="{field}"', page), name
