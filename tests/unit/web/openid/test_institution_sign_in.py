"""Signing in with an institution, with and without an account."""

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest

from runtime.web.extensions.identity import FRESH_SECONDS
from tests.unit.outbox import Outbox
from tests.unit.web.openid.conftest import (
    Provider,
    come,
    create_account,
    depart,
)
from tests.unit.web.site import PASSWORD, SITE_URL, Browser, Site

NEW_PASSWORD = "nine purple otters sing"


def age_sign_in(browser: Browser) -> None:
    """Let the sign-in be older than what counts as fresh."""
    with browser.client.session_transaction() as session:
        session["at"] -= FRESH_SECONDS + 1


def test_should_ask_for_pkce_a_state_and_a_nonce_when_a_person_departs(
    site: Site, provider: Provider
) -> None:
    browser = site.visitor()
    address = urlsplit(depart(browser))
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    with browser.client.session_transaction() as session:
        verifier = session["departed"]["code_verifier"]
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    assert f"{address.scheme}://{address.netloc}" == provider.url
    assert asked["redirect_uri"] == f"{SITE_URL}/sign-in/with/uni/return"
    assert asked["code_challenge"] == digest.decode()
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert (asked["scope"], asked["client_id"]) == ("openid email profile", "gas")
    assert len(asked["state"]) >= 20
    assert len(asked["nonce"]) >= 20


def test_should_make_an_account_and_find_it_again_when_the_address_is_verified(
    site: Site, provider: Provider
) -> None:
    subject = provider.person()
    browser = site.visitor()
    path = "/sign-in/with/uni?next=/upload"
    assert come(browser, provider, subject, path).location == "/sign-in/new"
    page = browser.get("/sign-in/new").text
    assert provider.email(subject) in page
    assert "You signed in with Example University" in page
    assert browser.post("/sign-in/new", name="Grace Hopper").location == "/upload"
    user = site.services.users.by_email(provider.email(subject))
    assert user
    assert (user.email_verified, user.has_password) == (True, False)
    elsewhere = site.visitor()
    assert come(elsewhere, provider, subject).location == "/jobs"
    assert "Grace Hopper" in elsewhere.get("/profile").text


def test_should_find_the_account_by_the_subject_when_the_address_has_changed_there(
    site: Site, provider: Provider
) -> None:
    subject = provider.person()
    create_account(site.visitor(), provider, subject)
    other = site.user()
    claims = {"email": other.email, "email_verified": True}
    httpx.put(f"{provider.url}/users/{subject}", json=claims).raise_for_status()
    browser = site.visitor()
    assert come(browser, provider, subject).location == "/jobs"
    page = browser.get("/profile").text
    assert provider.email(subject) in page
    assert other.email not in page


def test_should_link_nothing_before_the_password_when_the_address_has_an_account(
    site: Site, provider: Provider, outbox: Outbox
) -> None:
    user = site.user()
    subject = provider.person(email=user.email)
    browser = site.visitor()
    assert come(browser, provider, subject).location == "/sign-in/new"
    assert browser.get("/jobs").status_code == 303
    assert "has an account already" in browser.get("/sign-in/new").text
    assert browser.post("/sign-in/new", name="Eve").status_code == 422
    assert browser.post("/sign-in/new/password", password="wrong").status_code == 422
    assert come(site.visitor(), provider, subject).location == "/sign-in/new"
    assert browser.post("/sign-in/new/password", password=PASSWORD).location == "/jobs"
    assert come(site.visitor(), provider, subject).location == "/jobs"
    subjects = [mail.subject for mail in outbox.to(user.email)]
    assert subjects == ["Example University now signs in to your GAS account"]


def test_should_link_by_a_mailed_link_in_the_same_browser_only(
    site: Site, provider: Provider, outbox: Outbox
) -> None:
    user = site.user()
    subject = provider.person(email=user.email)
    browser, other = site.visitor(), site.visitor()
    come(browser, provider, subject)
    assert browser.post("/sign-in/new/mail", email=user.email).status_code == 200
    link = outbox.to(user.email)[-1].link("/sign-in/new/")
    assert other.get(link).status_code == 422
    come(other, provider, provider.person())
    assert other.get(link).status_code == other.post(link).status_code == 422
    assert "Confirm and sign in" in browser.get(link).text
    assert browser.post(link).location == "/jobs"
    assert browser.post(link).status_code == 422
    linked = site.services.users.get(user.user_id)
    assert linked
    assert linked.identities == frozenset({f"{provider.url} {subject}"})


@pytest.mark.parametrize("claims", [{"email": None}, {"email_verified": False}, {"email": "no@"}])
def test_should_confirm_an_address_first_when_the_institution_verified_none(
    site: Site, provider: Provider, outbox: Outbox, claims: dict[str, object]
) -> None:
    subject = provider.person(**claims)
    email = provider.email(subject)
    browser = site.visitor()
    come(browser, provider, subject)
    assert "told us no verified email address" in browser.get("/sign-in/new").text
    assert browser.post("/sign-in/new", name="Grace").status_code == 400
    assert browser.post("/sign-in/new/password", password=PASSWORD).status_code == 400
    browser.post("/sign-in/new/mail", email=email)
    assert site.services.users.by_email(email) is None
    assert browser.post(outbox.to(email)[-1].link("/sign-in/new/")).location == "/jobs"
    assert come(site.visitor(), provider, subject).location == "/jobs"


def test_should_never_link_when_the_address_isnt_verified(site: Site, provider: Provider) -> None:
    user = site.user()
    browser = site.visitor()
    come(browser, provider, provider.person(email=user.email, email_verified=False))
    assert "has an account already" not in browser.get("/sign-in/new").text
    assert browser.post("/sign-in/new/password", password=PASSWORD).status_code == 400
    kept = site.services.users.get(user.user_id)
    assert kept
    assert kept.identities is None


def test_should_take_an_unconfirmed_password_away_when_the_address_is_confirmed(
    site: Site, provider: Provider, outbox: Outbox
) -> None:
    subject = provider.person()
    email = provider.email(subject)
    site.services.users.create(email=email, name="Eve", password=PASSWORD)
    browser = site.visitor()
    come(browser, provider, subject)
    refused = browser.post("/sign-in/new/password", password=PASSWORD)
    assert "Have a link emailed" in refused.text
    browser.post("/sign-in/new/mail", email=email)
    assert browser.post(outbox.to(email)[-1].link("/sign-in/new/")).location == "/jobs"
    assert site.services.users.authenticate(email, PASSWORD) is None


@pytest.mark.parametrize("kept", ["state", "nonce"])
def test_should_refuse_when_the_answer_is_for_another_browser(
    site: Site, provider: Provider, kept: str
) -> None:
    browser = site.visitor()
    back = provider.agree(depart(browser), provider.person())
    with browser.client.session_transaction() as session:
        session["departed"] = session["departed"] | {kept: "another"}
    answer = browser.get(back)
    assert answer.status_code == 422
    assert "Example University didn&#39;t work" in answer.text
    assert browser.get("/sign-in/new").location == "/sign-in"


def test_should_ask_to_start_again_when_nobody_departed_or_an_answer_comes_twice(
    site: Site, provider: Provider
) -> None:
    browser = site.visitor()
    back = provider.agree(depart(browser), provider.person())
    assert "Start again" in site.visitor().get(back).text
    assert browser.get(back).status_code == 303
    assert "Start again" in browser.get(back).text


def test_should_refuse_when_the_answer_names_another_issuer_or_the_person_didnt_agree(
    site: Site, provider: Provider
) -> None:
    for query in ("&iss=https://evil.example", "&error=access_denied"):
        browser = site.visitor()
        back = provider.agree(depart(browser), provider.person())
        if "error" in query:
            back = back.replace("code=", "code=&was=")
        assert browser.get(back + query).status_code == 422


@pytest.mark.parametrize("name", ["down", "bare", "wrong"])
def test_should_say_so_and_keep_the_other_ways_when_an_issuer_cant_be_used(
    site: Site, name: str
) -> None:
    answer = site.visitor().get(f"/sign-in/with/{name}")
    assert answer.status_code == 503
    assert "can&#39;t be reached at the moment" in answer.text
    assert 'name="password"' in answer.text
    assert "Sign in with Example University" in answer.text


def test_should_answer_404_when_the_stage_has_no_such_issuer(site: Site) -> None:
    assert site.visitor().get("/sign-in/with/nobody").status_code == 404


def test_should_ask_the_issuer_to_check_again_when_a_proof_is_needed(site: Site) -> None:
    assert "prompt=login" in depart(site.visitor(), "/sign-in/with/uni?again=1")


def test_should_need_a_fresh_sign_in_when_an_account_without_password_is_deleted(
    site: Site, provider: Provider
) -> None:
    subject = provider.person()
    browser = site.visitor()
    create_account(browser, provider, subject)
    age_sign_in(browser)
    for path, form in (
        ("/profile/delete", {}),
        ("/profile/email", {"email": "new@example.org"}),
    ):
        assert "Sign in again with Example University" in browser.get(path).text
        refused = browser.post(path, **form)
        assert refused.status_code == 422
        assert "Sign in with your institution again first" in refused.text
    again = "/sign-in/with/uni?again=1&next=/profile/delete"
    assert come(browser, provider, subject, again).location == "/profile/delete"
    assert "Your account is being deleted" in browser.post("/profile/delete").text
    assert "being deleted" in come(site.visitor(), provider, subject).text


def test_should_set_a_password_by_mail_when_an_account_has_none(
    site: Site, provider: Provider, outbox: Outbox
) -> None:
    subject = provider.person()
    email = provider.email(subject)
    browser = site.visitor()
    create_account(browser, provider, subject)
    assert "Choose a password by email" in browser.get("/profile/password").text
    assert site.visitor().sign_in(email, "").status_code == 422
    visitor = site.visitor()
    visitor.post("/forgot", email=email)
    visitor.post(outbox.to(email)[-1].link("/reset/"), new_password=NEW_PASSWORD)
    assert site.visitor().sign_in(email, NEW_PASSWORD).location == "/jobs"
    assert come(site.visitor(), provider, subject).location == "/jobs"


def test_should_ask_for_the_code_before_linking_when_the_account_has_a_second_factor(
    site: Site, provider: Provider, outbox: Outbox
) -> None:
    user = site.user()
    factor = site.services.second_factor
    factor.begin(user)
    secret = factor.enrolment(user).secret
    codes = factor.turn_on(user, pyotp.TOTP(secret).now())
    subject = provider.person(email=user.email)
    by_password, by_mail = site.visitor(), site.visitor()
    come(by_password, provider, subject)
    answer = by_password.post("/sign-in/new/password", password=PASSWORD)
    assert answer.location == "/sign-in/code"
    come(by_mail, provider, subject)
    by_mail.post("/sign-in/new/mail", email=user.email)
    link = outbox.to(user.email)[-1].link("/sign-in/new/")
    assert by_mail.post(link).location == "/sign-in/code"
    assert come(site.visitor(), provider, subject).location == "/sign-in/new"
    assert by_password.post("/sign-in/code", code=codes[0]).location == "/jobs"
    assert come(site.visitor(), provider, subject).location == "/jobs"
