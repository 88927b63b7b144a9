"""What is the same for every visitor is rendered once, and costs no session and no table."""

import gzip

import pytest
from werkzeug.test import TestResponse

from runtime.web.app import PRERENDERED_PAGES
from runtime.web.extensions.prerendered_pages import FOR_ALL, FOR_VISITORS
from tests.unit.web.site import Browser, Site


def ask(browser: Browser, path: str, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.client.get(path, headers=named)


@pytest.mark.parametrize("path", sorted(PRERENDERED_PAGES))
def test_should_need_no_table_and_leave_no_cookie_when_visited(
    own_site: Site, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for client in (own_site.services.users, own_site.services.jobs):
        monkeypatch.setattr(client, "_table", None)
    answer = ask(own_site.visitor(), path)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "csrf" not in answer.text


@pytest.mark.parametrize("path", sorted(PRERENDERED_PAGES))
def test_should_say_the_same_when_rendered_for_one_request(site: Site, path: str) -> None:
    with site.app.test_request_context(path) as context:
        endpoint = context.request.endpoint
        assert endpoint
        rendered = site.app.ensure_sync(site.app.view_functions[endpoint])()
    assert ask(site.visitor(), path).text == rendered


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "gzip"),
        ("gzip;q=0.5, identity", "gzip"),
        ("br, gzip;q=0", None),
        ("identity", None),
        ("", None),
    ],
)
def test_should_be_compressed_when_the_browser_takes_it(
    site: Site, accepted: str, encoding: str | None
) -> None:
    plain = ask(site.visitor(), "/")
    answer = ask(site.visitor(), "/", Accept_Encoding=accepted)
    assert answer.headers.get("Content-Encoding") == encoding
    body = gzip.decompress(answer.data) if encoding else answer.data
    assert body == plain.data
    assert int(answer.headers["Content-Length"]) == len(answer.data)


@pytest.mark.parametrize("path", sorted(PRERENDERED_PAGES))
def test_should_not_be_sent_again_when_it_has_not_changed(site: Site, path: str) -> None:
    tags = {}
    for accepted in ("gzip", "identity"):
        first = ask(site.visitor(), path, Accept_Encoding=accepted)
        tags[accepted] = first.headers["ETag"]
        for sent in (first.headers["ETag"], f'"other", W/{first.headers["ETag"]}'):
            again = ask(site.visitor(), path, Accept_Encoding=accepted, If_None_Match=sent)
            assert (again.status_code, again.data) == (304, b"")
            assert again.headers["ETag"] == first.headers["ETag"]
            assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
        changed = ask(site.visitor(), path, Accept_Encoding=accepted, If_None_Match='"other"')
        assert changed.status_code == 200
    assert tags["gzip"] != tags["identity"]


def test_should_be_kept_by_proxies_when_it_is_the_same_for_all(site: Site) -> None:
    assert ask(site.visitor(), "/").headers["Cache-Control"] == FOR_ALL
    assert ask(site.visitor(), "/register").headers["Cache-Control"] == FOR_VISITORS
    assert "Cookie" in ask(site.visitor(), "/register").headers["Vary"]


def test_should_be_the_start_page_too_when_somebody_is_signed_in(site: Site) -> None:
    signed_in = site.browser(site.user())
    assert ask(signed_in, "/").data == ask(site.visitor(), "/").data


def test_should_have_no_body_when_only_the_head_is_asked_for(site: Site) -> None:
    answer = site.visitor().client.head("/")
    assert (answer.status_code, answer.data) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 1000


def test_should_be_left_to_the_app_when_the_method_is_another(site: Site) -> None:
    assert site.visitor().client.post("/").status_code in {400, 405}
    assert site.visitor().client.delete("/register").status_code in {400, 405}
