"""`./gas mail`: the emails that the platform has sent."""

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from local.aws.outbox import Mail
from local.errors import LocalError


def list_mails(mails: list[Mail], console: Console) -> None:
    """Print a line for each email, with its number."""
    if not mails:
        console.print("No email has been sent yet.")
        return
    table = Table("No.", "Sent", "To", "Subject", box=None, pad_edge=False)
    for number, mail in enumerate(mails, start=1):
        row = (str(number), _local_time(mail), ", ".join(mail.to), escape(mail.subject))
        table.add_row(*row)
    console.print(table)


def show_mail(mails: list[Mail], number: int, *, html: bool) -> None:
    """Print one email.

    Raises:
        LocalError: there is none of this number.
    """
    if number > len(mails):
        raise LocalError(f"There is no email {number}: {len(mails)} were sent so far.")
    mail = mails[number - 1]
    body = mail.html if html else mail.text
    typer.echo(f"From: {mail.sender}\nTo: {', '.join(mail.to)}\nDate: {_local_time(mail)}")
    typer.echo(f"Subject: {mail.subject}\n\n{body}")


def _local_time(mail: Mail) -> str:
    return mail.sent_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
