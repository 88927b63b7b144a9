"""Dead letters: messages that failed each time. They are listed, redriven, or given up.

To look at messages is to receive them. They are held for a minute at the most, and handed back as
soon as the page is made. SQS can move a whole queue by itself (StartMessageMoveTask), but not a
single message, and the laptop's emulator can't. So a letter is sent to its queue, and deleted only
then: it may be there twice, which every process bears, and never not at all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runtime.contract.sqs import BATCH
from runtime.contract.work_queues import WorkQueue
from runtime.web.services.operations.letter_facts import LetterFacts, facts_of
from runtime.web.services.operations.operator_aws import OperatorAws
from runtime.web.services.operations.queues import depth

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

MOST_HELD = 50
"""Letters that a page shows, and that one press of a button redrives."""

HELD_SECONDS = 60
"""After so long SQS hands a letter back by itself, if web ended meanwhile."""

WAIT_SECONDS = 1
"""A poll without a wait asks only some of SQS's servers, and may find nothing where there is much.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html"""


class LetterGone(Exception):
    """The letter isn't among the first MOST_HELD: somebody has handled it, or it waits behind."""


@dataclass(frozen=True)
class DeadLetter:
    """A message of a dead-letter queue.

    Attributes:
        sent_at: epoch seconds.
        receives: how often it was received, by the process and by those who looked at it here.
        raw: as SQS gave it; no page shows it.
    """

    message_id: str
    facts: LetterFacts
    sent_at: int
    receives: int
    raw: "MessageTypeDef" = field(repr=False)


class HeldLetters:
    """Letters that nobody else gets meanwhile. The context that gave them hands back the rest."""

    def __init__(self, sqs: "SQSClient", queue: WorkQueue, letters: list[DeadLetter]) -> None:
        self._sqs = sqs
        self._queue = queue
        self.letters = letters

    def one(self, message_id: str) -> DeadLetter:
        """Return a letter. Raises LetterGone if it isn't held."""
        for letter in self.letters:
            if letter.message_id == message_id:
                return letter
        raise LetterGone(message_id)

    def send_back(self, letter: DeadLetter) -> None:
        """Send a letter to its queue, then delete it here."""
        raw = letter.raw
        group = raw.get("Attributes", {}).get("MessageGroupId")
        options: Any = {"MessageGroupId": group} if group else {}
        self._sqs.send_message(
            QueueUrl=self._queue.url,
            MessageBody=raw["Body"],
            MessageAttributes=raw.get("MessageAttributes", {}),
            **options,
        )
        self.delete(letter)

    def delete(self, letter: DeadLetter) -> None:
        """Delete a letter."""
        self._sqs.delete_message(
            QueueUrl=self._queue.dlq_url, ReceiptHandle=letter.raw["ReceiptHandle"]
        )
        self.letters.remove(letter)

    def hand_back(self) -> None:
        """Let others receive what is still held."""
        for start in range(0, len(self.letters), BATCH):
            self._sqs.change_message_visibility_batch(
                QueueUrl=self._queue.dlq_url,
                Entries=[
                    {
                        "Id": str(number),
                        "ReceiptHandle": letter.raw["ReceiptHandle"],
                        "VisibilityTimeout": 0,
                    }
                    for number, letter in enumerate(self.letters[start : start + BATCH])
                ],
            )


@dataclass(frozen=True)
class DeadLetters:
    """The dead letters of the stage's queues."""

    operator_aws: OperatorAws

    @contextmanager
    def held(self, operator_id: str, queue: WorkQueue) -> Iterator[HeldLetters]:
        """Hold up to MOST_HELD letters of a queue; hand back what is left of them at the end.

        Raises:
            botocore.exceptions.ClientError, BotoCoreError: SQS refused or didn't answer.
        """
        sqs = self.operator_aws.clients(operator_id).sqs
        held = HeldLetters(sqs, queue, [])
        try:
            _receive(sqs, queue, held.letters)
            yield held
        finally:
            held.hand_back()

    def listed(self, operator_id: str, queue: WorkQueue) -> list[DeadLetter]:
        """Return up to MOST_HELD letters of a queue, the oldest first. Raises as `held` does."""
        with self.held(operator_id, queue) as held:
            return sorted(held.letters, key=lambda letter: letter.sent_at)


def _receive(sqs: "SQSClient", queue: WorkQueue, found: list[DeadLetter]) -> None:
    """Add letters to `found`, so that those of before an error are handed back too."""
    there = min(MOST_HELD, depth(sqs, queue.dlq_url).visible)
    while len(found) < there:
        answer = sqs.receive_message(
            QueueUrl=queue.dlq_url,
            MaxNumberOfMessages=min(BATCH, MOST_HELD - len(found)),
            VisibilityTimeout=HELD_SECONDS,
            WaitTimeSeconds=WAIT_SECONDS,
            MessageSystemAttributeNames=[
                "ApproximateReceiveCount",
                "SentTimestamp",
                "MessageGroupId",
            ],
            MessageAttributeNames=["All"],
        )
        messages = answer.get("Messages", [])
        if not messages:
            return
        found += [_letter(queue, raw) for raw in messages]


def _letter(queue: WorkQueue, raw: "MessageTypeDef") -> DeadLetter:
    attributes = raw["Attributes"]
    return DeadLetter(
        message_id=raw["MessageId"],
        facts=facts_of(queue.name, raw["Body"]),
        sent_at=int(attributes["SentTimestamp"]) // 1000,
        receives=int(attributes["ApproximateReceiveCount"]),
        raw=raw,
    )
