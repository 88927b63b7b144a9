"""The webhook on the account's pages."""

import re

import pytest

from runtime.common.messages import (
    DeliverWebhook,
    WebhookMessage,
    WebhookTest,
    parse_webhook_message,
)
from runtime.common.users import User
from runtime.common.webhooks import DeliveryState, WebhookDelivery, delivery_id
from runtime.web.services import webhook_settings
from runtime.web.services.rate_limit import HOUR, RateLimit
from tests.unit.web.site import Browser, Site

URL = "https://127.0.0.1/gas"
EVENT = "8f1ad43c-6f70-5b3e-8c0e-0b6f7a2f5f0e"


@pytest.fixture
def ada(site: Site) -> User:
    return site.user()


@pytest.fixture
def browser(site: Site, ada: User) -> Browser:
    return site.browser(ada)


def sent(site: Site, *users: User) -> list[WebhookMessage]:
    """Empty the queue, which all tests of the site fill, and return these accounts' messages."""
    queue = site.services.webhook.queue
    bodies: list[str] = []
    while found := queue.sqs.receive_message(QueueUrl=queue.url).get("Messages"):
        for each in found:
            queue.sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=each["ReceiptHandle"])
            bodies.append(each["Body"])
    messages = [parse_webhook_message(body) for body in bodies]
    ids = {user.user_id for user in users}
    return [message for message in messages if message.user_id in ids]


def delivered(site: Site, user: User, answer: str) -> WebhookDelivery:
    made = WebhookDelivery(
        item_id=delivery_id(2_000_000_000, EVENT),
        event_id=EVENT,
        event_type="job.completed",
        created_at=2_000_000_000,
        body="{}",
        state=DeliveryState.DELIVERED,
        attempts=1,
        due=0,
        answer=answer,
    )
    site.services.webhook.webhooks.add_delivery(user.user_id, made)
    return made


def test_should_show_the_secret_once_when_a_webhook_is_made(browser: Browser) -> None:
    made = browser.post_form("/profile/webhook", url=URL)
    assert made.status_code == 200
    [secret] = re.findall(r"whsec_[\w-]{43}", made.text)
    later = browser.get("/profile/webhook").text
    assert URL in later
    assert secret not in later


@pytest.mark.parametrize("url", ["ftp://example.org", "https://ada:x@example.org", "", "nonsense"])
def test_should_say_what_is_wrong_when_an_address_is_refused(browser: Browser, url: str) -> None:
    answer = browser.post_form("/profile/webhook", url=url)
    assert answer.status_code == 422
    assert 'id="url-error"' in answer.text
    assert "whsec_" not in answer.text


def test_should_keep_the_first_when_a_second_webhook_is_made(browser: Browser) -> None:
    browser.post_form("/profile/webhook", url=URL)
    again = browser.post_form("/profile/webhook", url="https://127.0.0.2/")
    assert again.status_code == 422
    assert URL in browser.get("/profile/webhook").text


def test_should_ask_for_a_test_when_the_button_is_pressed(
    site: Site, browser: Browser, ada: User
) -> None:
    browser.post_form("/profile/webhook", url=URL)
    assert browser.post_form("/profile/webhook/test").status_code == 303
    [message] = sent(site, ada)
    assert isinstance(message, WebhookTest)
    assert message.user_id == ada.user_id


def test_should_say_when_to_try_again_when_an_account_asks_too_often(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_settings, "ASKED", RateLimit("webhook once", 1, HOUR))
    browser.post_form("/profile/webhook", url=URL)
    refused = browser.post_form("/profile/webhook/test")
    assert (refused.status_code, "Too many attempts" in refused.text) == (429, True)


def test_should_escape_the_answer_when_a_server_sends_markup(
    site: Site, browser: Browser, ada: User
) -> None:
    delivered(site, ada, "200 <script>alert(1)</script>")
    page = browser.get("/profile/webhook").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


def test_should_send_again_when_the_owner_asks(site: Site, browser: Browser, ada: User) -> None:
    browser.post_form("/profile/webhook", url=URL)
    item_id = delivered(site, ada, "200").item_id
    path = f"/profile/webhook/deliveries/{item_id.replace('#', '%23')}/redeliver"
    assert path in browser.get("/profile/webhook").text
    assert browser.post_form(path).status_code == 303
    [message] = sent(site, ada)
    assert isinstance(message, DeliverWebhook)
    assert (message.delivery_id, message.attempt) == (item_id, 1)


def test_should_not_wait_after_failures_when_the_owner_asks(
    site: Site, browser: Browser, ada: User
) -> None:
    browser.post_form("/profile/webhook", url=URL)
    webhooks = site.services.webhook.webhooks
    made = webhooks.get(ada.user_id)
    assert made is not None
    item_id = delivered(site, ada, "500").item_id.replace("#", "%23")
    for path in ("test", f"deliveries/{item_id}/redeliver"):
        webhooks.note_failure(ada.user_id, made, blocked_until=4_000_000_000)
        browser.post_form(f"/profile/webhook/{path}")
        after = webhooks.get(ada.user_id)
        assert after is not None
        assert after.blocked_until == 0, path
    assert len(sent(site, ada)) == 2


def test_should_answer_404_when_the_delivery_is_of_another_account(
    site: Site, browser: Browser, ada: User
) -> None:
    eve = site.user("Eve")
    item_id = delivered(site, eve, "200").item_id
    path = f"/profile/webhook/deliveries/{item_id.replace('#', '%23')}/redeliver"
    assert browser.post_form(path).status_code == 404
    assert browser.post_form("/profile/webhook/deliveries/webhook%23/redeliver").status_code == 404
    assert sent(site, ada, eve) == []


def test_should_have_no_webhook_when_it_was_deleted(browser: Browser) -> None:
    browser.post_form("/profile/webhook", url=URL)
    browser.post_form("/profile/webhook/delete")
    assert URL not in browser.get("/profile/webhook").text
