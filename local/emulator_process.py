"""AWS itself, as the PyPI package `ministack` plays it: the process that `local/emulator.py` runs.

Four things are added. ministack writes its state as it ends; this notes that it has, in the file
named by its one argument: a state without that note is half a state, and is not used again. And
ministack 1.5.33 holds SendEmail against no resource, where SES holds it against the sender's
identity, so that a policy which names the identity would allow nothing:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
The others are in emulator_metrics.py and emulator_queries.py.
"""

import json
import sys
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path

from ministack import app  # type: ignore[import-untyped]
from ministack.core import iam_actions  # type: ignore[import-untyped]

from local.emulator_metrics import keep_metrics
from local.emulator_queries import quicken_queries

SEND_EMAIL_PATH = "/v2/email/outbound-emails"

Services = dict[str, Callable[[], object]]
SaveAll = Callable[[Services], None]

ResourceOf = Callable[[str, str, bytes, str, str], str]
"""Of method, path, body, region and account: the ARN that a request to SES v2 is held against."""


def hold_sending_against_the_identity(resource_of: ResourceOf) -> ResourceOf:
    """Return `resource_of`, with SendEmail held against the identity of the sender's address."""

    def wrapped(method: str, path: str, body: bytes, region: str, account_id: str) -> str:
        if method == "POST" and path == SEND_EMAIL_PATH:
            _, address = parseaddr(str(json.loads(body).get("FromEmailAddress", "")))
            return f"arn:aws:ses:{region}:{account_id}:identity/{address}"
        return resource_of(method, path, body, region, account_id)

    return wrapped


def note_when_saved(save_all: SaveAll, note: Path) -> SaveAll:
    """Return `save_all`, which writes the note when it is done."""

    def wrapped(services: Services) -> None:
        save_all(services)
        note.write_text("The emulator has written its whole state.\n")

    return wrapped


def run(note: Path) -> None:
    """Serve until SIGTERM."""
    app.save_all = note_when_saved(app.save_all, note)
    iam_actions._ses_v2_resource_arn = hold_sending_against_the_identity(  # noqa: SLF001
        iam_actions._ses_v2_resource_arn  # noqa: SLF001
    )
    keep_metrics()
    quicken_queries()
    # ministack reads its own options from the command line.
    sys.argv = sys.argv[:1]
    app.main()


if __name__ == "__main__":
    run(Path(sys.argv[1]))
