"""`./gas mail`: the emails that the platform has sent."""

from datetime import datetime

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from local.aws.account import Account
from local.aws.outbox import Mail, read_kept_outbox, read_outbox
from local.errors import LocalError
from local.host.folder import Folder
from local.host.run_state import running

TIME = "%Y-%m-%d %H:%M:%S"
"""In local time."""


def find_mails(folder: Folder, console: Console) -> list[Mail]:
    """Return the emails of the current run; when nothing runs, say so, and return the last run's.

    Raises:
        LocalError: nothing runs, and no emails were kept; or the emulator doesn't answer.
    """
    run = running(folder)
    if run is not None:
        return read_outbox(Account(run.endpoint_url))
    mails = read_kept_outbox(folder.outbox_file)
    if mails is None:
        raise LocalError(
            "The platform isn't running, and no emails of an earlier run are kept. "
            "Start it: ./gas up"
        )
    ended = datetime.fromtimestamp(folder.outbox_file.stat().st_mtime).astimezone()
    console.print(
        f"Nothing runs. These are the emails of the last run, which ended {ended:{TIME}}.",
        soft_wrap=True,
    )
    return mails


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
    return mail.sent_at.astimezone().strftime(TIME)
