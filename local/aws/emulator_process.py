"""AWS itself, played by the PyPI package `ministack`: the process that `emulator.py` runs.

This adds seven things to ministack 1.5.33.
- It writes its state when it ends. A file, named by the first argument, then says that the state is
  complete; a state without that file isn't used again.
- SendEmail is checked against the sender's identity, as SES does. The emulator checks it against no
  resource, so a policy that names the identity would allow nothing:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
- The condition key ses:FromAddress has the sender's address, which the emulator leaves out.
- SQS's batches need the permission of the single action. The emulator asks for permissions that no
  policy can give:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-batch-api-actions.html
- emulator_autoscaling.py, emulator_metrics.py and emulator_queries.py have the other three.
"""

import json
import sys
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path

from ministack import app
from ministack.core import iam_actions, iam_evaluator

from local.aws.emulator_autoscaling import show_instances_and_activities
from local.aws.emulator_metrics import keep_metrics
from local.aws.emulator_queries import quicken_queries

SEND_EMAIL_PATH = "/v2/email/outbound-emails"

BATCHES = {
    f"sqs:{name}Batch": f"sqs:{name}"
    for name in ("SendMessage", "DeleteMessage", "ChangeMessageVisibility")
}
"""The batch action, and the action whose permission it needs."""

Services = dict[str, Callable[[], object]]
SaveAll = Callable[[Services], None]

ResourceOf = Callable[[str, str, bytes, str, str], str]
"""Takes method, path, body, region and account; returns the ARN that a request to SES v2 needs."""

Enforce = Callable[..., object]
"""Takes the access key, action, service, region, resource and condition keys of a request."""

ActionOf = Callable[..., str | None]
"""Takes a request; returns the action that a policy must allow."""


def check_batches_as_single_actions(action_of: ActionOf) -> ActionOf:
    """Return `action_of`, which then asks for the single action's permission for SQS's batches."""

    def wrapped(*request: object) -> str | None:
        action = action_of(*request)
        return BATCHES.get(action, action) if action else None

    return wrapped


def check_sending_against_the_identity(resource_of: ResourceOf) -> ResourceOf:
    """Return `resource_of`, which then checks SendEmail against the sender's identity."""

    def wrapped(method: str, path: str, body: bytes, region: str, account_id: str) -> str:
        if method == "POST" and path == SEND_EMAIL_PATH:
            _, address = parseaddr(str(json.loads(body).get("FromEmailAddress", "")))
            return f"arn:aws:ses:{region}:{account_id}:identity/{address}"
        return resource_of(method, path, body, region, account_id)

    return wrapped


def fill_in_from_address(enforce: Enforce) -> Enforce:
    """Return `enforce`, which then has ses:FromAddress for SendEmail.

    The resource is the identity with the sender's address: check_sending_against_the_identity.
    """

    def wrapped(key: str, action: str, *rest: object, **named: object) -> object:
        if action == "ses:SendEmail":
            address = str(named.get("resource_arn")).partition(":identity/")[2]
            named["service_context"] = {"ses:FromAddress": address}
        return enforce(key, action, *rest, **named)

    return wrapped


def note_when_saved(save_all: SaveAll, note: Path) -> SaveAll:
    """Return `save_all`, which then writes the note at its end."""

    def wrapped(services: Services) -> None:
        save_all(services)
        note.write_text("The emulator has written its whole state.\n")

    return wrapped


def run(note: Path, instances: Path, activities: Path) -> None:
    """Serve until SIGTERM. The last two are the files of emulator_autoscaling.py."""
    app.save_all = note_when_saved(app.save_all, note)
    iam_actions._ses_v2_resource_arn = check_sending_against_the_identity(
        iam_actions._ses_v2_resource_arn
    )
    iam_evaluator.enforce = fill_in_from_address(iam_evaluator.enforce)
    iam_actions.extract_iam_action = check_batches_as_single_actions(iam_actions.extract_iam_action)
    keep_metrics()
    show_instances_and_activities(instances, activities)
    quicken_queries()
    # ministack parses the command line too, and doesn't know our arguments.
    sys.argv = sys.argv[:1]
    app.main()


if __name__ == "__main__":
    run(*map(Path, sys.argv[1:4]))
