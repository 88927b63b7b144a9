"""Linking and unlinking an institution from the account's pages, and what ends a link."""

from runtime.removal.user_items import delete_user
from tests.unit.outbox import Outbox
from tests.unit.web.openid.conftest import (
    Provider,
    come,
    create_account,
    identities_on,
)
from tests.unit.web.site import PASSWORD, Site


def test_should_link_from_the_account_with_its_password_only(
    site: Site, provider: Provider
) -> None:
    user = site.user()
    browser = site.browser(user)
    subject = provider.person()
    assert come(browser, provider, subject).location == "/profile/institutions"
    refused = browser.post("/profile/institutions/link", password="wrong")
    assert "That isn&#39;t your password" in refused.text
    browser.post("/profile/institutions/link", password=PASSWORD)
    page = browser.get("/profile/institutions").text
    assert identities_on(page) == [f"{provider.url} {subject}"]
    assert come(site.visitor(), provider, subject).location == "/jobs"


def test_should_link_nothing_when_the_person_doesnt_want_to(site: Site, provider: Provider) -> None:
    browser = site.browser(site.user())
    come(browser, provider, provider.person())
    browser.post("/profile/institutions/leave")
    browser.post("/profile/institutions/link", password=PASSWORD)
    assert identities_on(browser.get("/profile/institutions").text) == []


def test_should_refuse_when_the_identity_is_another_accounts(
    site: Site, provider: Provider
) -> None:
    subject = provider.person()
    create_account(site.visitor(), provider, subject)
    browser = site.browser(site.user("Eve"))
    assert "signs in to another account" in come(browser, provider, subject).text
    assert "Eve" in browser.get("/profile").text


def test_should_sign_in_no_more_when_it_is_unlinked(
    site: Site, provider: Provider, outbox: Outbox
) -> None:
    user = site.user()
    browser = site.browser(user)
    subject = provider.person()
    come(browser, provider, subject)
    browser.post("/profile/institutions/link", password=PASSWORD)
    elsewhere = site.visitor()
    come(elsewhere, provider, subject)
    form = {"identity": f"{provider.url} {subject}"}
    wrong = browser.post("/profile/institutions/unlink", password="wrong", **form)
    assert wrong.status_code == 422
    browser.post("/profile/institutions/unlink", password=PASSWORD, **form)
    assert browser.get("/jobs").status_code == 200
    assert elsewhere.get("/jobs").status_code == 303
    assert come(site.visitor(), provider, subject).location == "/sign-in/new"
    assert "no longer signs in" in outbox.to(user.email)[-1].subject


def test_should_keep_the_last_way_to_sign_in(site: Site, provider: Provider) -> None:
    subject = provider.person()
    browser = site.visitor()
    create_account(browser, provider, subject)
    identity = f"{provider.url} {subject}"
    refused = browser.post("/profile/institutions/unlink", identity=identity)
    assert refused.status_code == 422
    assert "Choose a password first" in refused.text
    assert come(site.visitor(), provider, subject).location == "/jobs"


def test_should_leave_nothing_of_the_identity_when_the_account_is_erased(
    site: Site, provider: Provider
) -> None:
    subject = provider.person()
    create_account(site.visitor(), provider, subject)
    user = site.services.users.by_email(provider.email(subject))
    assert user
    delete_user(site.users, user.user_id)
    left = site.users.scan()["Items"]
    assert not [item for item in left if user.user_id in str(item)]
    assert come(site.visitor(), provider, subject).location == "/sign-in/new"


def test_should_unlink_every_institution_when_the_old_address_stops_a_change(
    site: Site, provider: Provider, outbox: Outbox
) -> None:
    user = site.user()
    browser = site.browser(user)
    for subject in (first := provider.person(), second := provider.person()):
        come(browser, provider, subject)
        browser.post("/profile/institutions/link", password=PASSWORD)
    browser.post("/profile/email", email=provider.email(first), password=PASSWORD)
    told = [mail for mail in outbox.to(user.email) if "/stop-email-change/" in mail.text]
    stopped = site.visitor().post(told[-1].link("/stop-email-change/"))
    assert stopped.status_code == 200
    for subject in (first, second):
        assert come(site.visitor(), provider, subject).location == "/sign-in/new"
