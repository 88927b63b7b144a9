"""The choice of emails about jobs on the account's page."""

import re

import pytest

from runtime.common.mail_choices import MailChoice, MailKind, mail_choice
from tests.unit.web.site import Site

DIGESTS = {kind.value: MailChoice.DIGEST.value for kind in MailKind}


def selected(page: str) -> dict[str, str]:
    """Return what each choice of a page shows."""
    return {
        name: option
        for name, body in re.findall(r'<select[^>]* name="(\w+)">(.*?)</select>', page, re.DOTALL)
        for option in re.findall(r'value="(\w+)" selected', body)
    }


def test_should_show_digests_when_nothing_was_chosen(site: Site) -> None:
    page = site.browser(site.user()).get("/profile").text
    assert selected(page) == DIGESTS
    assert "One email for many, at most every 10 minutes" in page
    assert "always come" in page


@pytest.mark.parametrize("kind", MailKind)
def test_should_keep_the_choice_of_each_kind(site: Site, kind: MailKind) -> None:
    user = site.user()
    browser = site.browser(user)
    wanted = DIGESTS | {kind.value: "none"}
    answer = browser.post_form("/profile/mails", **wanted)
    assert answer.location == "/profile?changed=mails"
    page = browser.get(answer.location).text
    assert "Your choice of emails has been saved." in page
    assert selected(page) == wanted
    kept = site.services.users.get(user.user_id)
    assert kept
    assert {each.value: mail_choice(kept, each) for each in MailKind} == wanted


@pytest.mark.parametrize("form", [{}, DIGESTS | {"ended": "daily"}, DIGESTS | {"security": "none"}])
def test_should_refuse_when_the_form_offers_no_such_choice(
    site: Site, form: dict[str, str]
) -> None:
    user = site.user()
    assert site.browser(user).post_form("/profile/mails", **form).status_code == 400
    kept = site.services.users.get(user.user_id)
    assert kept
    assert kept.mail_choices == {}
