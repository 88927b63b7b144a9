"""Changing the email address: asked for, confirmed at both addresses, stopped at the old one."""

import uuid

import pytest
from itsdangerous import TimestampSigner
from werkzeug.test import TestResponse

from runtime.common.api_tokens import Scope
from runtime.common.users import User
from runtime.web.services.account_service import EMAILS
from runtime.web.services.mail_links import VALID_SECONDS, Purpose
from tests.unit.outbox import Outbox
from tests.unit.web.routes import without_tokens
from tests.unit.web.site import PASSWORD, Browser, Site
from tests.unit.web.test_equal_work import calls

CONFIRM, AGREE, STOP = "/profile/email/", "/agree-email-change/", "/stop-email-change/"
HOUR = 3600


def fresh_address() -> str:
    return f"{uuid.uuid4().hex[:10]}@example.org"


def ask(browser: Browser, new: str) -> None:
    answer = browser.post("/profile/email", email=new, password=PASSWORD)
    assert answer.status_code == 200
    assert f"We have sent an email to <strong>{new}</strong>" in answer.text


def now(site: Site, user: User) -> User:
    found = site.services.users.get(user.user_id)
    assert found
    return found


def agree(site: Site, outbox: Outbox, user: User) -> TestResponse:
    """Confirm the change at the old address, as somebody who isn't signed in."""
    return site.visitor().post(outbox.to(user.email)[0].link(AGREE))


def test_should_change_when_both_addresses_have_confirmed_and_not_before(
    site: Site, outbox: Outbox, user: User, browser: Browser
) -> None:
    new = fresh_address()
    elsewhere = site.browser(user)
    ask(browser, new)
    assert now(site, user) == user
    assert [mail.subject for mail in outbox.to(user.email)] == [
        "Your GAS account is to get another email address"
    ]
    link = outbox.to(new)[0].link(CONFIRM)
    assert user.name not in outbox.to(new)[0].text
    assert new in browser.get(link).text
    assert "Confirm the change" in site.visitor().get(outbox.to(user.email)[0].link(AGREE)).text
    assert now(site, user) == user
    assert (
        "Now follow the link that we emailed to the new address" in agree(site, outbox, user).text
    )
    assert now(site, user) == user

    answer = browser.post(link)
    assert answer.location == "/profile?changed=email"
    page = browser.get(answer.location).text
    assert "Your email address has been changed" in page
    assert new in page
    assert elsewhere.get("/jobs").status_code == 303
    assert site.visitor().sign_in(new).location == "/jobs"
    assert site.visitor().sign_in(user.email).status_code == 422
    assert outbox.to(user.email)[-1].subject == "Your GAS account has another email address now"
    for used in (browser.post(link), agree(site, outbox, user)):
        assert (used.status_code, "no longer works" in used.text) == (422, True)


def test_should_change_when_the_old_address_is_the_last_to_confirm(
    site: Site, outbox: Outbox, user: User, browser: Browser
) -> None:
    new = fresh_address()
    ask(browser, new)
    waiting = browser.post(outbox.to(new)[0].link(CONFIRM))
    assert f"the link that we emailed to {user.email}" in waiting.text
    assert now(site, user) == user
    assert f"Sign in with {new} from now on" in agree(site, outbox, user).text
    assert now(site, user).email == new
    assert browser.get("/jobs").status_code == 303
    assert site.visitor().sign_in(new).location == "/jobs"


@pytest.mark.parametrize(("hours", "is_enough"), [(71, False), (73, True)])
def test_should_need_no_old_address_when_its_reader_had_days_to_stop_it(
    site: Site, user: User, browser: Browser, hours: int, is_enough: bool
) -> None:
    new = fresh_address()
    stamp = TimestampSigner("x").get_timestamp()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TimestampSigner, "get_timestamp", lambda _: stamp - hours * HOUR)
        token = site.services.accounts.links.sign(Purpose.CHANGE_EMAIL, user, user.email, new)
    browser.post(CONFIRM + token)
    assert now(site, user).email == (new if is_enough else user.email)


def test_should_not_count_what_was_confirmed_when_another_change_is_asked_for(
    site: Site, outbox: Outbox, user: User, browser: Browser
) -> None:
    ask(browser, fresh_address())
    agree(site, outbox, user)
    another = fresh_address()
    ask(browser, another)
    browser.post(outbox.to(another)[0].link(CONFIRM))
    assert now(site, user) == user


def test_should_refuse_a_link_when_it_is_old_forged_or_another_accounts(
    site: Site, user: User, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = fresh_address()
    sign = site.services.accounts.links.sign
    good = sign(Purpose.CHANGE_EMAIL, user, user.email, new)
    stamp = TimestampSigner("x").get_timestamp()
    with monkeypatch.context() as patch:
        late = stamp - VALID_SECONDS[Purpose.CHANGE_EMAIL] - 1
        patch.setattr(TimestampSigner, "get_timestamp", lambda _: late)
        old = sign(Purpose.CHANGE_EMAIL, user, user.email, new)
    eve = site.user("Eve")
    others = sign(Purpose.CHANGE_EMAIL, eve, eve.email, new)
    stops = sign(Purpose.STOP_EMAIL_CHANGE, user, user.email, new)
    for token in ("x", good + "A", old, others, stops):
        assert browser.get(CONFIRM + token).status_code == 422
        assert browser.post(CONFIRM + token).status_code == 422
    assert site.visitor().get(CONFIRM + good).location.startswith("/sign-in?next=/profile/email/")
    assert now(site, user) == user


def test_should_say_and_do_the_same_when_the_new_address_has_an_account(
    site: Site, outbox: Outbox, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, taken = fresh_address(), site.user("Grace").email
    done = []
    for address in (new, taken):
        token = browser.csrf_token()
        with calls(site, monkeypatch) as counted:
            answer = browser.client.post(
                "/profile/email",
                data={"csrf_token": token, "email": address, "password": PASSWORD},
            )
        done.append((without_tokens(answer.text.replace(address, "")), counted))
    assert done[0] == done[1]
    [told] = outbox.to(taken)
    assert told.subject == "This email address has a GAS account already"
    assert CONFIRM not in told.text


def test_should_say_that_it_is_taken_when_somebody_was_faster(
    site: Site, outbox: Outbox, user: User, browser: Browser
) -> None:
    new = fresh_address()
    ask(browser, new)
    agree(site, outbox, user)
    site.services.users.create(email=new, name="Eve", password=PASSWORD)
    answer = browser.post(outbox.to(new)[0].link(CONFIRM))
    assert answer.status_code == 422
    assert "has another account by now" in answer.text
    assert now(site, user) == user


@pytest.mark.parametrize("after_the_change", [False, True])
def test_should_be_the_owners_again_when_the_old_address_stops_it(
    site: Site, outbox: Outbox, user: User, browser: Browser, after_the_change: bool
) -> None:
    new = fresh_address()
    ask(browser, new)
    link, stop = outbox.to(new)[0].link(CONFIRM), outbox.to(user.email)[0].link(STOP)
    if after_the_change:
        agree(site, outbox, user)
        browser.post(link)
    tokens = site.services.api_tokens
    _, token = tokens.create(user.user_id, name="x", scopes=[Scope.JOBS_READ], days=1)
    reader = site.visitor()
    assert "Stop the change" in reader.get(stop).text
    assert now(site, user).email == (new if after_the_change else user.email)
    stopped = reader.post(stop)
    assert "is stopped" in stopped.text
    assert user.email in stopped.text
    assert now(site, user).email == user.email
    assert browser.get("/jobs").status_code == 303
    assert tokens.find(token) is None
    for address in (user.email, new):
        assert site.visitor().sign_in(address).status_code == 422
    assert reader.post(stop).status_code == reader.get(stop).status_code == 422
    reader.post("/forgot", email=user.email)
    reader.post(outbox.to(user.email)[-1].link("/reset/"), new_password="nine purple otters sing")
    again = site.visitor()
    assert again.sign_in(user.email, "nine purple otters sing").location == "/jobs"
    assert again.post(link).status_code == 422


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [
        ("new@example.org", "wrong", "That isn&#39;t your password."),
        ("new@example.org", "", "Enter your password."),
        ("no address", PASSWORD, "Enter an email address"),
        ("", PASSWORD, "That is your current email address."),
    ],
)
def test_should_email_nobody_when_the_form_is_wrong(
    site: Site, outbox: Outbox, email: str, password: str, said: str
) -> None:
    user = site.user()
    typed = email or user.email.upper()
    answer = site.browser(user).post("/profile/email", email=typed, password=password)
    assert answer.status_code == 422
    assert said in answer.text
    assert outbox.messages() == []


def test_should_wait_when_the_address_changed_lately(
    site: Site, outbox: Outbox, user: User, browser: Browser
) -> None:
    new = fresh_address()
    ask(browser, new)
    agree(site, outbox, user)
    browser.post(outbox.to(new)[0].link(CONFIRM))
    answer = browser.post("/profile/email", email="third@example.org", password=PASSWORD)
    assert answer.status_code == 422
    assert "changed in the last 72 hours" in answer.text
    assert outbox.to("third@example.org") == []


def test_should_stop_mailing_when_an_address_has_got_many(outbox: Outbox, browser: Browser) -> None:
    new = fresh_address()
    for _ in range(EMAILS.attempts):
        ask(browser, new)
    refused = browser.post("/profile/email", email=new, password=PASSWORD)
    assert refused.status_code == 429
    assert len(outbox.to(new)) == EMAILS.attempts
