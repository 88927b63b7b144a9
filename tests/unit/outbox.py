"""What the emulator's SES has sent."""

import json
import re
from dataclasses import dataclass
from urllib.request import urlopen

from tests.emulator import ROOT_KEY, Emulator


@dataclass(frozen=True)
class Sent:
    """One message."""

    to: str
    subject: str
    text: str
    html: str

    def link(self, path: str) -> str:
        """Return the path of the link in it that begins with `path`; both forms have it."""
        found = re.search(rf"https?://[^/\s]+({path}[^\s\"]*)", self.text)
        assert found, self.text
        assert found[1] in self.html
        return found[1]


class Outbox:
    """Messages sent since this object was made, from an address that it has had verified."""

    def __init__(self, emulator: Emulator, sender: str) -> None:
        self.ses = emulator.session.client("sesv2", endpoint_url=emulator.endpoint_url)
        identities = self.ses.list_email_identities()["EmailIdentities"]
        if not any(identity["IdentityName"] == sender for identity in identities):
            self.ses.create_email_identity(EmailIdentity=sender)
        self._url = f"{emulator.endpoint_url}/_ministack/ses/messages"
        self._before = len(self._all())

    def messages(self) -> list[Sent]:
        """Return them, the oldest first."""
        return self._all()[self._before :]

    def to(self, address: str) -> list[Sent]:
        """Return those to one address."""
        return [sent for sent in self.messages() if sent.to == address]

    def _all(self) -> list[Sent]:
        with urlopen(self._url, timeout=60) as answer:
            messages = json.load(answer)["messages"].get(ROOT_KEY, [])
        return [
            Sent(message["To"][0], message["Subject"], message["BodyText"], message["BodyHtml"])
            for message in messages
        ]
