"""Tokens of the API on the account's pages."""

import re

import pytest

from runtime.common.api_tokens import MAX_TOKENS, Scope
from tests.unit.outbox import Outbox
from tests.unit.web.site import PASSWORD, Site

FORM = {"name": "cluster", "scope": "jobs:read", "days": "30", "password": PASSWORD}


def test_should_show_a_token_once_when_it_is_made(site: Site) -> None:
    user = site.user()
    browser = site.browser(user)
    made = browser.post_form("/profile/tokens/new", **FORM)
    shown = re.search(r"gas_[\w-]+", made.text)
    assert shown
    account = browser.get("/profile").text
    assert "cluster" in account
    assert "Never used" in account
    assert shown[0] not in account
    found = site.services.api_tokens.find(shown[0])
    assert found
    assert found[0] == user.user_id
    assert found[1].scopes == (Scope.JOBS_READ,)
    assert "Never used" not in browser.get("/profile").text


@pytest.mark.parametrize(
    ("password", "sentence"),
    [("", "Enter your password."), ("not it", "That isn&#39;t your password.")],
)
def test_should_make_no_token_when_the_password_is_missing_or_wrong(
    site: Site, password: str, sentence: str
) -> None:
    user = site.user()
    answer = site.browser(user).post_form("/profile/tokens/new", **{**FORM, "password": password})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert site.services.api_tokens.all(user.user_id) == []


def test_should_tell_the_owner_without_the_secret_when_a_token_is_made(
    site: Site, outbox: Outbox
) -> None:
    user = site.user()
    made = site.browser(user).post_form("/profile/tokens/new", **FORM)
    shown = re.search(r"gas_[\w-]+", made.text)
    assert shown
    [mail] = outbox.to(user.email)
    assert mail.subject == "A token was made for your GAS account"
    assert "cluster" in mail.text
    assert shown[0] not in mail.text + mail.html


def test_should_refuse_the_token_when_it_was_revoked(site: Site) -> None:
    user = site.user()
    token, text = site.services.api_tokens.create(user.user_id, name="x", scopes=Scope, days=7)
    answer = site.browser(user).post_form(f"/profile/tokens/{token.token_id}/revoke")
    assert answer.location == "/profile?changed=token"
    assert site.services.api_tokens.find(text) is None


def test_should_not_revoke_when_the_token_is_another_users(site: Site) -> None:
    user = site.user()
    token, text = site.services.api_tokens.create(user.user_id, name="x", scopes=Scope, days=7)
    answer = site.browser(site.user("Eve")).post_form(f"/profile/tokens/{token.token_id}/revoke")
    assert answer.status_code == 404
    assert site.services.api_tokens.find(text)


def test_should_say_what_is_missing_when_the_form_does_not_fit(site: Site) -> None:
    answer = site.browser(site.user()).post_form("/profile/tokens/new", name="", days="8")
    assert answer.status_code == 422
    for sentence in ("Enter a name", "Choose what the token may do", "Choose when the token ends"):
        assert sentence in answer.text


def test_should_refuse_one_more_when_the_account_has_the_most_tokens(site: Site) -> None:
    user = site.user()
    for _ in range(MAX_TOKENS):
        site.services.api_tokens.create(user.user_id, name="x", scopes=Scope, days=7)
    answer = site.browser(user).post_form("/profile/tokens/new", **FORM)
    assert answer.status_code == 422
    assert "Revoke one" in answer.text
