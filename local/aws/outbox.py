"""The inboxes of SES's recipients: the emails that the platform has sent, kept by the emulator."""

from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from local.aws.account import ACCOUNT_ID, Account
from local.errors import LocalError

REQUEST_SECONDS = 30.0


@dataclass(frozen=True)
class Mail:
    """An email."""

    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    sent_at: datetime


def outbox_url(account: Account) -> str:
    """Return the URL of the emulator's list of sent emails."""
    return f"{account.endpoint_url}/_ministack/ses/messages"


def read_outbox(account: Account, *, seconds: float = REQUEST_SECONDS) -> list[Mail]:
    """Return all sent emails, the oldest first.

    Args:
        seconds: time limit; thousands of emails need a longer one.

    Raises:
        LocalError: the emulator doesn't answer.
    """
    url = outbox_url(account)
    try:
        answer = httpx.get(url, params={"account": ACCOUNT_ID}, timeout=seconds)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise LocalError(
            f"The emulator at {account.endpoint_url} doesn't answer. Is it up? ./gas status"
        ) from error
    messages = answer.json()["messages"].get(ACCOUNT_ID, [])
    mails = [
        Mail(
            sender=message["Source"],
            to=tuple(message["To"]),
            subject=message["Subject"],
            text=message["BodyText"] or "",
            html=message["BodyHtml"] or "",
            sent_at=datetime.fromtimestamp(message["Timestamp"], UTC),
        )
        for message in messages
    ]
    return sorted(mails, key=lambda mail: mail.sent_at)
