"""What a check found, and the checks' common form."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from botocore.exceptions import BotoCoreError, ClientError

from stacks.preflight.subject import Subject


class Verdict(StrEnum):
    """How a finding bears on the deployment."""

    OK = "ok"
    NOTE = "note"
    """The deployment succeeds; later something will be missing."""
    FAILS = "fails"
    UNREAD = "unread"
    """The account's answer couldn't be read, so nothing is known."""


@dataclass(frozen=True)
class Finding:
    """One row of the table; `do` says what to do next, and is empty where all is well."""

    topic: str
    needs: str
    found: str
    verdict: Verdict = Verdict.OK
    do: str = ""


@dataclass(frozen=True)
class Check:
    """One thing to ask the account about.

    Attributes:
        topic: what it is about.
        needs: what the deployment needs, in words.
        reads: the IAM actions that the caller needs.
        run: asks; may raise botocore's errors.
    """

    topic: str
    needs: str
    reads: tuple[str, ...]
    run: Callable[[Subject], Iterable[Finding]]


def run_all(checks: Iterable[Check], subject: Subject) -> Iterator[Finding]:
    """Run each check; one whose answer can't be read doesn't keep the others from running."""
    for check in checks:
        try:
            yield from check.run(subject)
        except (ClientError, BotoCoreError) as error:
            yield Finding(
                check.topic,
                check.needs,
                f"no answer: {error}",
                Verdict.UNREAD,
                f"Allow {', '.join(check.reads)}, or look it up in the console.",
            )
