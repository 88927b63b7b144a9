"""Pages made for one request: compressed, and without a secret that their size could tell."""

import gzip
import re
from difflib import SequenceMatcher

import pytest
from flask import Flask, Response

from runtime.web.extensions.compression import Compression
from tests.unit.web.site import SECRET, Browser

PAGES = ("/upload", "/jobs?q=guess", "/jobs?state=guess", "/nothing/guess", "/profile")
PRESIGNED = re.compile(r"X-Amz-Signature|X-Amz-Credential|Signature=")


def encoding(browser: Browser, path: str = "/upload", **headers: str) -> str | None:
    asked = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.client.get(path, headers=asked).headers.get("Content-Encoding")


def test_should_send_the_same_page_compressed_when_the_browser_accepts_it(browser: Browser) -> None:
    answer = browser.client.get("/profile", headers={"Accept-Encoding": "br, gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    page = gzip.decompress(answer.data).decode()
    assert len(answer.data) < len(page) / 2
    assert page.rstrip().endswith("</html>")


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ({}, None),
        ({"Accept_Encoding": "br"}, None),
        ({"Accept_Encoding": "gzip;q=0"}, None),
        ({"Accept_Encoding": "gzip"}, "gzip"),
        ({"Accept_Encoding": "gzip", "Sec_Fetch_Site": "same-origin"}, "gzip"),
        ({"Accept_Encoding": "gzip", "Sec_Fetch_Site": "none"}, "gzip"),
        ({"Accept_Encoding": "gzip", "Sec_Fetch_Site": "cross-site"}, None),
        ({"Accept_Encoding": "gzip", "Sec_Fetch_Site": "same-site"}, None),
    ],
)
def test_should_compress_for_this_site_and_its_readers_alone_when_asked(
    browser: Browser, headers: dict[str, str], wanted: str | None
) -> None:
    assert encoding(browser, **headers) == wanted


def test_should_keep_caches_apart_when_a_page_has_two_encodings(browser: Browser) -> None:
    for accepted in ("gzip", "identity"):
        answer = browser.client.get("/upload", headers={"Accept-Encoding": accepted})
        assert "Accept-Encoding" in answer.vary
    assert encoding(browser, "/alive", Accept_Encoding="gzip") is None


def test_should_share_no_bytes_of_the_token_when_a_page_is_rendered_twice(browser: Browser) -> None:
    one, other = browser.csrf_token(), browser.csrf_token()

    shared = SequenceMatcher(None, one, other, autojunk=False).find_longest_match()

    assert shared.size <= 4  # by chance, of 64 characters


@pytest.mark.parametrize("path", PAGES)
def test_should_show_no_secret_when_a_page_repeats_words_of_its_address(
    browser: Browser, path: str
) -> None:
    page = browser.get(path).text
    cookie = browser.client.get_cookie("gas")
    assert cookie
    with browser.client.session_transaction() as session:
        raw = session["csrf_token"]

    assert cookie.value not in page
    assert raw not in page
    assert SECRET not in page
    assert not PRESIGNED.search(page)


def test_should_weaken_the_etag_when_the_bytes_are_others() -> None:
    app = Flask(__name__)
    Compression().init_app(app)

    @app.get("/")
    def page() -> Response:
        answer = Response("x" * 5000, mimetype="text/html")
        answer.set_etag("1")
        return answer

    client = app.test_client()
    assert client.get("/").headers["ETag"] == '"1"'
    assert client.get("/", headers={"Accept-Encoding": "gzip"}).headers["ETag"] == 'W/"1"'
    assert client.head("/", headers={"Accept-Encoding": "gzip"}).data == b""
    assert "Content-Encoding" not in client.post("/").headers
