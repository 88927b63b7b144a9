"""What payers read: the same in text and in HTML."""

import pytest

from runtime.common.mail import Email
from runtime.common.subscriptions import Notice, SubscriptionRecord
from runtime.common.users import Role
from runtime.web.services.billing.notices import Notices

SITE = "https://gas.example.org"
ENDS = 1_800_000_000  # 15 January 2027


def email(notice: Notice, status: str, ends_at: int | None) -> Email | None:
    record = SubscriptionRecord(
        user_id="u",
        email="ada@example.org",
        name="Ada <3",
        role=Role.PREMIUM_USER,
        subscription_status=status,
        subscription_ends_at=ends_at,
    )
    notices = Notices(None, None, SITE, None)  # type: ignore[arg-type]
    return notices.email(notice, record)


@pytest.mark.parametrize(
    ("notice", "status", "ends_at", "subject", "said"),
    [
        (Notice.PAYMENT_FAILED, "past_due", ENDS, "payment for GAS Premium failed", "15 January"),
        (Notice.CANCELLED, "active", ENDS, "plan is cancelled", "15 January 2027"),
        (Notice.CANCELLED, "canceled", None, "plan has ended", "Free plan again"),
        (Notice.CANCELLED, "canceled", ENDS, "plan has ended", "Free plan again"),
    ],
)
def test_should_say_what_happened_and_where_to_go_on(
    notice: Notice, status: str, ends_at: int | None, subject: str, said: str
) -> None:
    written = email(notice, status, ends_at)
    assert written
    assert subject in written.subject
    for form in (written.text, written.html):
        assert said in " ".join(form.split())
        assert f"{SITE}/subscribe" in form
    assert "Hello Ada <3," in written.text
    assert "Ada &lt;3" in written.html


@pytest.mark.parametrize(
    ("notice", "status"), [(Notice.PAYMENT_FAILED, "active"), (Notice.CANCELLED, "active")]
)
def test_should_write_nothing_when_it_was_paid_or_resumed_before_it_could_be_told(
    notice: Notice, status: str
) -> None:
    assert email(notice, status, None) is None
