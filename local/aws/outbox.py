"""The inboxes of SES's recipients: the emails that the platform has sent, kept by the emulator."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

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
        account: whose emulator is asked.
        seconds: time limit; thousands of emails need a longer one.

    Raises:
        LocalError: the emulator doesn't answer.
    """
    return _mails(_listed(account, seconds))


def keep_outbox(account: Account, file: Path) -> None:
    """Write the emulator's list of sent emails to a file, for `read_kept_outbox`.

    Raises:
        LocalError: the emulator doesn't answer.
    """
    part = file.with_suffix(".part")
    part.write_text(_listed(account, REQUEST_SECONDS))
    part.replace(file)


def read_kept_outbox(file: Path) -> list[Mail] | None:
    """Return the emails of a run that has ended, the oldest first; None if none were kept."""
    return _mails(file.read_text()) if file.exists() else None


def _listed(account: Account, seconds: float) -> str:
    try:
        answer = httpx.get(outbox_url(account), params={"account": ACCOUNT_ID}, timeout=seconds)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise LocalError(
            f"The emulator at {account.endpoint_url} doesn't answer. Is it up? ./gas status"
        ) from error
    return answer.text


def _mails(listed: str) -> list[Mail]:
    mails = [
        Mail(
            sender=message["Source"],
            to=tuple(message["To"]),
            subject=message["Subject"],
            text=message["BodyText"] or "",
            html=message["BodyHtml"] or "",
            sent_at=datetime.fromtimestamp(message["Timestamp"], UTC),
        )
        for message in json.loads(listed)["messages"].get(ACCOUNT_ID, [])
    ]
    return sorted(mails, key=lambda mail: mail.sent_at)
