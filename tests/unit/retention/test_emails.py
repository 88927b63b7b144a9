"""What people are told of all their results."""

import pytest

from runtime.common.mail import Email
from runtime.retention.emails import free_again, restored
from tests.unit.examples import USER

SITE = "https://gas.example.org"
EMAILS = {
    "restored": (restored(USER, site_url=SITE), ["/jobs", "/profile#mails"]),
    "free again": (
        free_again(USER, 1_800_000_000, site_url=SITE),
        ["15 January 2027, 08:00 UTC", "/jobs", "/subscribe"],
    ),
}


@pytest.mark.parametrize(("email", "said"), EMAILS.values(), ids=EMAILS)
def test_should_say_what_is_and_what_to_do_in_both_forms(email: Email, said: list[str]) -> None:
    for form in (email.text, email.html):
        for words in said:
            assert words in form
    assert email.text.startswith("Hello Ada,")
    assert "Subject" not in email.text
