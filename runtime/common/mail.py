"""Email through SES: text and HTML of one email, from the templates in mails/.

An email `x` is two files: mails/x.txt, whose first line is `Subject: ...` and whose second is
empty, and mails/x.html, which extends base.html.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

_SUBJECT = "Subject: "

_TEMPLATES = Environment(
    loader=PackageLoader("runtime.common", "mails"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Email:
    """What an email says, in both forms."""

    subject: str
    text: str
    html: str


def write_email(template: str, **values: object) -> Email:
    """Return the email that a template makes of `values`; `name` greets its reader.

    Raises:
        jinja2.TemplateError: there is no such template, or it needs a value that isn't given.
        ValueError: its text doesn't begin with a subject.
    """
    text = _TEMPLATES.get_template(f"{template}.txt").render(values)
    subject, _, body = text.partition("\n\n")
    if not subject.startswith(_SUBJECT):
        raise ValueError(f"mails/{template}.txt doesn't begin with {_SUBJECT!r}")
    return Email(
        # One line, whatever a file's or a person's name holds.
        subject=" ".join(subject.removeprefix(_SUBJECT).split()),
        text=body,
        html=_TEMPLATES.get_template(f"{template}.html").render(values),
    )


def day(epoch_seconds: int) -> str:
    """Return the day of a moment, as emails say it: 15 January 2027."""
    return datetime.fromtimestamp(epoch_seconds, UTC).strftime("%-d %B %Y")


def moment(epoch_seconds: int) -> str:
    """Return a moment, as emails say it: 15 January 2027, 08:00 UTC."""
    return datetime.fromtimestamp(epoch_seconds, UTC).strftime("%-d %B %Y, %H:%M UTC")


@dataclass(frozen=True)
class Mailer:
    """Sends emails from one address, whose identity SES has verified."""

    ses: "SESV2Client"
    sender: str

    def send(self, *, to: str, email: Email) -> None:
        """Hand `email` to SES for the address `to`.

        Raises:
            botocore.exceptions.ClientError: SES refused it.
        """
        self.ses.send_email(
            FromEmailAddress=f"GAS <{self.sender}>",
            Destination={"ToAddresses": [to]},
            Content={
                "Simple": {
                    "Subject": {"Data": email.subject, "Charset": "UTF-8"},
                    "Body": {
                        "Text": {"Data": email.text, "Charset": "UTF-8"},
                        "Html": {"Data": email.html, "Charset": "UTF-8"},
                    },
                }
            },
        )
