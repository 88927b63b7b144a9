"""E-mail through SES: text and HTML of one letter."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client


@dataclass(frozen=True)
class Letter:
    """What an e-mail says, in both forms."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Mailer:
    """Sends letters from one address, whose identity SES has verified."""

    ses: "SESV2Client"
    sender: str

    def send(self, *, to: str, letter: Letter) -> None:
        """Hand `letter` to SES for the address `to`.

        Raises:
            botocore.exceptions.ClientError: SES refused it.
        """
        self.ses.send_email(
            FromEmailAddress=f"GAS <{self.sender}>",
            Destination={"ToAddresses": [to]},
            Content={
                "Simple": {
                    "Subject": {"Data": letter.subject, "Charset": "UTF-8"},
                    "Body": {
                        "Text": {"Data": letter.text, "Charset": "UTF-8"},
                        "Html": {"Data": letter.html, "Charset": "UTF-8"},
                    },
                }
            },
        )
