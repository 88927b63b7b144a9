"""Guessing is slow, and guessers don't lock anybody out."""

import pytest

from runtime.web.services import account_service
from runtime.web.services.mail_links import LinkSigner, Purpose
from runtime.web.services.rate_limit import RateLimit
from tests.unit.outbox import Outbox
from tests.unit.web.site import PASSWORD, SECRET, SITE_URL, Browser, Site

NEW_PASSWORD = "seven green otters sing"
HERE, THERE = "203.0.113.7", "198.51.100.9"


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        account_service, "SIGN_INS_BY_CLIENT", RateLimit("test-here", attempts=3, seconds=86400)
    )
    monkeypatch.setattr(
        account_service, "SIGN_INS", RateLimit("test-all", attempts=5, seconds=86400)
    )
    monkeypatch.setattr(
        account_service, "EMAILS", RateLimit("test-mail", attempts=2, seconds=86400)
    )


def guess(browser: Browser, email: str, password: str = "wrong", *, hops: str = HERE) -> int:
    token = browser.csrf_token()
    form = {"email": email, "password": password, "csrf_token": token}
    headers = {"X-Forwarded-For": hops}
    return browser.client.post("/sign-in", data=form, headers=headers).status_code


@pytest.mark.parametrize("known", [True, False])
def test_should_refuse_even_the_right_password_when_there_were_too_many_guesses(
    site: Site, known: bool
) -> None:
    email = site.user().email if known else "nobody-at-all@example.org"
    browser = site.visitor()
    assert [guess(browser, email) for _ in range(4)] == [422, 422, 422, 429]
    assert guess(browser, email, PASSWORD) == 429


def test_should_keep_the_form_and_say_what_to_do_when_there_were_too_many_guesses(
    site: Site,
) -> None:
    email = site.user().email
    browser = site.visitor()
    for _ in range(3):
        browser.sign_in(email, "wrong")
    answer = browser.sign_in(email, "wrong", next="/upload")
    assert int(answer.headers["Retry-After"]) > 0
    for said in (
        "Too many attempts",
        "Choose a new password by email",
        f'value="{email}"',
        "/upload",
    ):
        assert said in answer.text


def test_should_let_in_again_when_the_password_was_reset_by_mail(site: Site) -> None:
    user = site.user()
    browser = site.visitor()
    for _ in range(5):
        browser.sign_in(user.email, "wrong")
    assert browser.sign_in(user.email, NEW_PASSWORD).status_code == 429
    token = LinkSigner(SECRET).sign(Purpose.RESET, user)
    assert browser.post(f"/reset/{token}", new_password=NEW_PASSWORD).status_code == 200
    assert browser.sign_in(user.email, NEW_PASSWORD).status_code == 303


def test_should_let_the_owner_in_when_a_stranger_has_guessed_elsewhere(site: Site) -> None:
    email = site.user().email
    for _ in range(4):
        guess(site.visitor(), email, hops=THERE)
    assert guess(site.visitor(), email, PASSWORD, hops=HERE) == 303


def test_should_refuse_when_guesses_come_from_many_clients(site: Site) -> None:
    email = site.user().email
    codes = [guess(site.visitor(), email, hops=f"203.0.113.{n}") for n in range(7)]
    assert codes == [422] * 5 + [429] * 2


def test_should_believe_the_load_balancer_alone_when_a_client_names_hops(site: Site) -> None:
    email = site.user().email
    codes = [guess(site.visitor(), email, hops=f"10.0.0.{n}, {HERE}") for n in range(4)]
    assert codes[-1] == 429


def test_should_count_only_failures_when_somebody_signs_in_often(site: Site) -> None:
    email = site.user().email
    assert {guess(site.visitor(), email, PASSWORD) for _ in range(8)} == {303}


def test_should_write_no_more_when_an_address_has_had_its_mails(site: Site, outbox: Outbox) -> None:
    email = site.user().email
    headers = {"Origin": SITE_URL}
    answers = [
        site.visitor().client.post("/forgot", data={"email": email}, headers=headers)
        for _ in range(3)
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "Try again in" in answers[-1].text
    assert len(outbox.to(email)) == 2
