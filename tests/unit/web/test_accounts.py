"""Registering, confirming, and recovering: one answer for all, and links that work once."""

import re
import uuid

import pytest
from itsdangerous import TimestampSigner
from werkzeug.test import TestResponse

from runtime.common.users import User
from runtime.web.services.mail_links import VALID_SECONDS, Purpose
from tests.unit.outbox import Outbox
from tests.unit.web.site import PASSWORD, SITE_URL, Browser, Site

NEW_PASSWORD = "nine purple otters sing"


@pytest.fixture
def address() -> str:
    return f"{uuid.uuid4().hex[:10]}@example.org"


def register(browser: Browser, email: str, **fields: str) -> TestResponse:
    form = {"name": "Ada Lovelace", "email": email, "password": NEW_PASSWORD, **fields}
    return browser.post("/register", **form)


def without_address(answer: TestResponse, email: str) -> str:
    return re.sub(re.escape(email), "ADDRESS", answer.text, flags=re.IGNORECASE)


def test_should_be_able_to_sign_in_when_registered_and_confirmed(
    site: Site, outbox: Outbox, address: str
) -> None:
    browser = site.visitor()
    answer = register(browser, address.upper())
    assert answer.status_code == 200
    assert "Check your email" in answer.text
    [mail] = outbox.to(address)
    assert mail.subject == "Confirm your email address for GAS"
    early = site.visitor().sign_in(address, NEW_PASSWORD)
    assert early.status_code == 422
    assert "Confirm your email address first" in early.text
    assert 'href="/confirm/again"' in early.text

    link = mail.link("/confirm/")
    assert "Confirm my address" in browser.get(link).text
    assert browser.get(link).status_code == 200  # looking at it confirms nothing
    assert site.visitor().sign_in(address, NEW_PASSWORD).status_code == 422
    done = browser.post(link)
    assert "Your email address is confirmed" in done.text
    assert site.visitor().sign_in(address, NEW_PASSWORD).location == "/jobs"
    assert browser.post(link).status_code == 422
    assert "no longer works" in browser.post(link).text


def test_should_answer_alike_when_an_address_is_registered_or_not(
    site: Site, outbox: Outbox, address: str
) -> None:
    known = site.user().email
    answers = {email: register(site.visitor(), email) for email in (known, address)}
    assert without_address(answers[known], known) == without_address(answers[address], address)
    assert [m.subject for m in outbox.to(known)] == ["You already have a GAS account"]
    user = site.services.users.authenticate(known, PASSWORD)
    assert user
    assert user.name == "Ada"


def test_should_let_the_reader_of_the_mail_choose_when_registered_again_before_confirming(
    site: Site, outbox: Outbox, address: str
) -> None:
    chosen = (NEW_PASSWORD, "quite another one of mine", "the one that holds in the end")
    register(site.visitor(), address, password=chosen[0])
    register(site.visitor(), address, password=chosen[1])
    site.visitor().post("/confirm/again", email=address)
    first, second, third = outbox.to(address)
    assert first.subject == "Confirm your email address for GAS"
    assert second.subject == third.subject == "Choose your password for GAS"

    # Whoever chose the first one isn't let in by a click on the first link.
    assert site.visitor().post(first.link("/confirm/")).status_code == 200
    for password in chosen:
        assert site.visitor().sign_in(address, password).status_code == 422
    site.visitor().post(third.link("/reset/"), new_password=chosen[2])
    assert site.visitor().sign_in(address, chosen[2]).location == "/jobs"


def test_should_say_no_name_when_the_address_is_not_confirmed(
    site: Site, outbox: Outbox, address: str
) -> None:
    name = "your account is locked, see http://example.com/"
    site.visitor().post("/register", name=name, email=address, password=NEW_PASSWORD)
    site.visitor().post("/forgot", email=address)
    for mail in outbox.to(address):
        assert "Hello,\n" in mail.text
        assert name not in mail.text + mail.html


def test_should_be_one_account_when_a_domain_is_written_in_two_ways(
    site: Site, outbox: Outbox, address: str
) -> None:
    name = address.partition("@")[0]
    register(site.visitor(), f"{name}@m\u00fcnchen.de")
    [mail] = outbox.to(f"{name}@xn--mnchen-3ya.de")
    site.visitor().post(mail.link("/confirm/"))
    signed_in = site.visitor().sign_in(f"{name}@m\u00fcnchen.de", NEW_PASSWORD)
    assert signed_in.location == "/jobs"


def test_should_refuse_an_address_when_mail_cannot_reach_it(site: Site) -> None:
    for email in ("j\u00f6rg@example.org", "gro\u00df@example.org"):
        answer = site.visitor().post("/register", name="Ada", email=email, password=NEW_PASSWORD)
        assert answer.status_code == 422
        assert "with plain letters before the @" in answer.text


@pytest.mark.parametrize(
    ("path", "subjects"),
    [
        (
            "/confirm/again",
            {
                "known": "You already have a GAS account",
                "unconfirmed": "Confirm your email address for GAS",
                "unknown": "No GAS account has this email address",
                "leaving": "Your GAS account is being deleted",
            },
        ),
        (
            "/forgot",
            {
                "known": "Choose a new password for GAS",
                "unconfirmed": "Choose a new password for GAS",
                "unknown": "No GAS account has this email address",
                "leaving": "Your GAS account is being deleted",
            },
        ),
    ],
)
def test_should_answer_alike_and_write_to_each_when_mail_is_asked_for(
    site: Site, outbox: Outbox, path: str, subjects: dict[str, str]
) -> None:
    addresses = {kind: address_of(site, kind) for kind in subjects}
    pages = set()
    for email in addresses.values():
        answer = site.visitor().post(path, email=f" {email.upper()}")
        assert answer.status_code == 200
        pages.add(without_address(answer, email))
    assert len(pages) == 1
    assert {kind: outbox.to(email)[0].subject for kind, email in addresses.items()} == subjects


def address_of(site: Site, kind: str) -> str:
    if kind == "unknown":
        return f"{uuid.uuid4().hex[:10]}@example.org"
    if kind == "unconfirmed":
        email = f"{uuid.uuid4().hex[:10]}@example.org"
        site.services.users.create(email=email, name="Bob", password=PASSWORD)
        return email
    user = site.user()
    if kind == "leaving":
        site.services.users.mark_deleted(user.user_id)
    return user.email


def reset_link(site: Site, outbox: Outbox, user: User) -> str:
    site.visitor().post("/forgot", email=user.email)
    return outbox.to(user.email)[-1].link("/reset/")


def test_should_set_a_password_once_and_end_sessions_when_the_link_is_good(
    site: Site, outbox: Outbox
) -> None:
    user = site.user()
    elsewhere = site.browser(user)
    older, link = reset_link(site, outbox, user), reset_link(site, outbox, user)
    browser = site.visitor()
    assert user.email in browser.get(link).text
    weak = browser.post(link, new_password="short")
    assert weak.status_code == 422
    assert "12 characters" in weak.text
    same = browser.post(link, new_password=PASSWORD)
    assert same.status_code == 422
    assert "That is your current password." in same.text
    assert "Your new password is set" in browser.post(link, new_password=NEW_PASSWORD).text
    assert elsewhere.get("/jobs").status_code == 303
    assert site.visitor().sign_in(user.email, NEW_PASSWORD).location == "/jobs"
    for used in (link, older):
        assert browser.get(used).status_code == 422
        again = browser.post(used, new_password="and yet another one")
        assert "no longer works" in again.text
    assert site.services.users.authenticate(user.email, NEW_PASSWORD)


def test_should_confirm_the_address_too_when_the_password_is_reset_by_mail(
    site: Site, outbox: Outbox
) -> None:
    email = address_of(site, "unconfirmed")
    user = site.services.users.by_email(email)
    assert user
    link = reset_link(site, outbox, user)
    site.visitor().post(link, new_password=NEW_PASSWORD)
    assert site.visitor().sign_in(email, NEW_PASSWORD).location == "/jobs"


@pytest.mark.parametrize("purpose", [Purpose.CONFIRM, Purpose.RESET])
def test_should_do_nothing_when_a_link_is_forged_old_or_for_something_else(
    site: Site, purpose: Purpose, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = site.services.users.by_email(address_of(site, "unconfirmed"))
    assert user
    signer = site.services.accounts.links
    [other] = {Purpose.CONFIRM, Purpose.RESET} - {purpose}
    good = signer.sign(purpose, user)
    now = TimestampSigner("x").get_timestamp()
    with monkeypatch.context() as patch:
        patch.setattr(TimestampSigner, "get_timestamp", lambda _: now - VALID_SECONDS[purpose] - 1)
        old = signer.sign(purpose, user)
    for token in ("x", good[:-1], good + "A", old, signer.sign(other, user)):
        answer = site.visitor().post(f"/{purpose}/{token}", new_password=NEW_PASSWORD)
        assert answer.status_code == 422, token
    assert site.services.users.get(user.user_id) == user


@pytest.mark.parametrize("path", ["/register", "/forgot", "/confirm/again", "/confirm/x"])
@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": SITE_URL + ".evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://["}, False),
        ({"Origin": SITE_URL, "Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": SITE_URL, "Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": SITE_URL}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
    ],
)
def test_should_take_forms_from_pages_of_this_site_alone(
    site: Site, path: str, headers: dict[str, str], taken: bool
) -> None:
    answer = site.visitor().client.post(path, headers=headers)
    assert answer.status_code == (422 if taken else 400)
    assert ("didn&#39;t come from a page of this site" in answer.text) != taken


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Enter your name"),
        ("name", "x" * 101, "Enter your name"),
        ("name", "Ada\nBcc: eve@example.org", "Enter your name"),
        ("name", "<b>Ada</b>", "Enter your name"),
        ("email", "ada", "Enter an email address"),
        ("email", "ada@localhost", "Enter an email address"),
        ("email", "a" * 250 + "@example.org", "Enter an email address"),
        ("password", "", "Enter your password"),
        ("password", "tooshort", "12 characters or more"),
        ("password", "passwordpassword", "is easy to guess"),
        ("password", "AdaLovelaceAda", "without your name"),
    ],
)
def test_should_say_what_is_wrong_beside_the_field_when_a_form_is_wrong(
    site: Site, outbox: Outbox, field: str, value: str, said: str
) -> None:
    answer = register(site.visitor(), **{"email": "ada@example.org", field: value})
    assert answer.status_code == 422
    shown = re.search(rf'<p class="fault" id="{field}-error">([^<]*)</p>', answer.text)
    assert shown
    assert said in shown[1]
    assert f'aria-describedby="{field}-error' in answer.text
    assert 'value="Ada Lovelace"' in answer.text or field == "name"
    assert NEW_PASSWORD not in answer.text
    assert outbox.messages() == []


def test_should_refuse_when_a_form_has_a_field_that_it_does_not_have(
    site: Site, outbox: Outbox, address: str
) -> None:
    answer = register(site.visitor(), address, role="premium_user")
    assert answer.status_code == 400
    assert outbox.messages() == []


def test_should_lead_to_the_jobs_when_somebody_signed_in_would_register(site: Site) -> None:
    assert site.browser(site.user()).get("/register").location == "/jobs"


def test_should_keep_tokens_out_of_the_log_when_a_link_is_followed(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.visitor().get("/reset/a-token-that-opens-an-account")
    logged = capsys.readouterr().out
    assert "/reset/<token>" in logged
    assert "a-token" not in logged
