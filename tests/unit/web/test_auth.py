import pytest
from flask.sessions import SecureCookieSessionInterface
from werkzeug.test import TestResponse

from tests.unit.web.site import PASSWORD, SECRET, Browser, Site


def session_cookie(answer: TestResponse) -> str:
    """The session's Set-Cookie of an answer."""
    [found] = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("gas=")]
    return found


def cookie(site: Site, set_cookie: str) -> dict[str, object]:
    """What a session cookie says, by the app's own signature."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(site.app)
    assert serializer is not None
    value = set_cookie.split(";", maxsplit=1)[0].split("=", 1)[1]
    said: dict[str, object] = serializer.loads(value)
    return said


def test_should_lead_to_the_jobs_when_signed_in(site: Site) -> None:
    user = site.user()
    browser = site.visitor()
    answer = browser.sign_in(user.email.upper())
    assert (answer.status_code, answer.location) == (303, "/jobs")
    assert browser.get("/sign-in").location == "/jobs"


def test_should_answer_alike_when_the_address_is_unknown_or_the_password_wrong(site: Site) -> None:
    known = site.visitor().sign_in(site.user().email, "wrong password")
    unknown = site.visitor().sign_in("nobody@example.org", "wrong password")
    assert known.status_code == unknown.status_code == 422
    sentence = "This email address and password don&#39;t match."
    assert sentence in known.text
    assert sentence in unknown.text


@pytest.mark.parametrize(
    ("email", "password"),
    [("", PASSWORD), ("a@b.c", ""), ("a" * 255, PASSWORD), ("a@b.c", "p" * 1025)],
)
def test_should_ask_again_when_a_field_is_missing_or_too_long(
    site: Site, email: str, password: str
) -> None:
    answer = site.visitor().sign_in(email, password)
    assert answer.status_code == 422
    assert "Enter your email address" in answer.text


def test_should_ask_again_when_the_form_has_an_unknown_field(site: Site) -> None:
    assert site.visitor().sign_in(site.user().email, role="admin").status_code == 422


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/upload", "/upload"),
        ("/jobs?cursor=1-2", "/jobs?cursor=1-2"),
        ("", "/jobs"),
        ("https://evil.example/", "/jobs"),
        ("//evil.example/", "/jobs"),
        ("///evil.example/", "/jobs"),
        ("//[", "/jobs"),
        ("/\\evil.example/", "/jobs"),
        ("\\/evil.example", "/jobs"),
        ("/\t/evil.example", "/jobs"),
        ("jobs", "/jobs"),
        ("javascript:alert(1)", "/jobs"),
        ("/%0d%0aSet-Cookie:x=1", "/%0d%0aSet-Cookie:x=1"),
        ("/\r\nSet-Cookie: x=1", "/jobs"),
    ],
)
def test_should_go_to_pages_of_this_site_only_when_signed_in(
    site: Site, target: str, location: str
) -> None:
    assert site.visitor().sign_in(site.user().email, next=target).location == location


def test_should_leave_nothing_of_the_old_session_when_signing_in(site: Site) -> None:
    browser = site.visitor()
    before = browser.csrf_token()
    with browser.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    answer = browser.sign_in(site.user().email)
    assert "planted" not in cookie(site, session_cookie(answer))
    with browser.client.session_transaction() as session:
        assert "planted" not in session
    stale = browser.client.post("/uploads", json={}, headers={"X-CSRFToken": before})
    assert stale.status_code == 403


def test_should_end_the_session_when_signed_out(site: Site) -> None:
    browser = site.browser(site.user())
    form = {"csrf_token": browser.csrf_token()}
    assert browser.client.post("/sign-out", data=form).location == "/"
    assert browser.get("/jobs").status_code == 303


def test_should_take_the_forms_of_both_pages_when_two_are_opened_at_once_after_signing_in(
    site: Site,
) -> None:
    browser = site.visitor()
    browser.sign_in(site.user().email)
    cookie = browser.client.get_cookie("gas")
    assert cookie
    first = browser.csrf_token()
    browser.client.set_cookie("gas", cookie.value)  # the second was asked for before the first came
    browser.csrf_token()

    answer = browser.client.post("/jobs", json={}, headers={"X-CSRFToken": first})

    assert answer.status_code == 400
    assert "too old" not in answer.text


def _copy(site: Site, browser: Browser) -> Browser:
    """A browser with a copy of another one's session."""
    stolen = browser.client.get_cookie("gas")
    assert stolen
    thief = site.visitor()
    thief.client.set_cookie("gas", stolen.value)
    assert thief.get("/jobs").status_code == 200
    return thief


def test_should_refuse_a_copied_cookie_when_its_session_was_signed_out_of(site: Site) -> None:
    user = site.user()
    browser, elsewhere = site.browser(user), site.browser(user)
    thief = _copy(site, browser)

    browser.post("/sign-out")

    assert thief.get("/jobs").status_code == 303
    assert elsewhere.get("/jobs").status_code == 200


def test_should_end_all_sessions_when_signed_out_everywhere(site: Site) -> None:
    user = site.user()
    browser, elsewhere = site.browser(user), site.browser(user)
    thief = _copy(site, browser)

    assert browser.post("/sign-out-everywhere").location == "/sign-in"

    assert [each.get("/jobs").status_code for each in (browser, elsewhere, thief)] == [303] * 3
    assert browser.sign_in(user.email).location == "/jobs"


def test_should_be_a_visitor_when_the_account_is_gone(site: Site) -> None:
    user = site.user()
    browser = site.browser(user)
    site.users.delete_item(Key={"user_id": user.user_id})
    assert browser.get("/jobs").status_code == 303


def test_should_be_a_visitor_when_the_cookie_is_signed_with_another_secret(site: Site) -> None:
    user = site.user()
    browser = site.visitor()
    site.app.config["SECRET_KEY"] = "another secret, as long as the right one"
    try:
        with browser.client.session_transaction() as session:
            session["user_id"] = user.user_id
    finally:
        site.app.config["SECRET_KEY"] = SECRET
    assert browser.get("/jobs").status_code == 303


def test_should_protect_the_session_cookie_when_it_is_set(site: Site) -> None:
    answer = site.visitor().sign_in(site.user().email)
    attributes = {part.strip() for part in session_cookie(answer).split(";")[1:]}
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= attributes
    assert any(attribute.startswith("Expires=") for attribute in attributes)
