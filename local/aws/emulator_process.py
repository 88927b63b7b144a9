"""AWS itself, played by the PyPI package `ministack`: the process that `emulator.py` runs.

Five things are added. ministack writes its state as it ends; this notes that it has, in the file
named by its one argument: a state without that note is half a state, and is not used again. And
ministack 1.5.33 holds SendEmail against no resource, where SES holds it against the sender's
identity, so that a policy which names the identity would allow nothing:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
It also wants permissions for SQS's batches that no policy can give:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-batch-api-actions.html
The others are in emulator_metrics.py and emulator_queries.py.
"""

import json
import sys
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path

from ministack import app  # type: ignore[import-untyped]
from ministack.core import iam_actions  # type: ignore[import-untyped]

from local.aws.emulator_metrics import keep_metrics
from local.aws.emulator_queries import quicken_queries

SEND_EMAIL_PATH = "/v2/email/outbound-emails"

BATCHES = {
    f"sqs:{name}Batch": f"sqs:{name}"
    for name in ("SendMessage", "DeleteMessage", "ChangeMessageVisibility")
}
"""Whoever may do the one may do the other."""

Services = dict[str, Callable[[], object]]
SaveAll = Callable[[Services], None]

ResourceOf = Callable[[str, str, bytes, str, str], str]
"""Of method, path, body, region and account: the ARN that a request to SES v2 is held against."""


ActionOf = Callable[..., str | None]
"""Of a request: the action that a policy must allow."""


def hold_batches_against_the_single_action(action_of: ActionOf) -> ActionOf:
    """Return `action_of`, with SQS's batches allowed where one message is."""

    def wrapped(*request: object) -> str | None:
        action = action_of(*request)
        return BATCHES.get(action, action) if action else None

    return wrapped


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
    iam_actions.extract_iam_action = hold_batches_against_the_single_action(
        iam_actions.extract_iam_action
    )
    keep_metrics()
    quicken_queries()
    # ministack reads its own options from the command line.
    sys.argv = sys.argv[:1]
    app.main()


if __name__ == "__main__":
    run(Path(sys.argv[1]))
