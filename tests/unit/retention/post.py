"""What handlers have sent to queues, so that tests deliver it when and as often as they like."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.client import BaseClient


@dataclass(frozen=True)
class Sent:
    """One message that SQS has taken."""

    url: str
    body: str
    delay_seconds: int


@dataclass
class Post:
    """Notes what SQS has taken from the clients that it watches, calls within calls as well."""

    sent: list[Sent] = field(default_factory=list)

    def watch(self, client: "BaseClient") -> None:
        """Watch what `client` sends."""
        events = client.meta.events
        events.register("provide-client-params.sqs", self._ask)
        events.register("after-call.sqs.SendMessage", self._take)
        events.register("after-call.sqs.SendMessageBatch", self._take)

    def take(self) -> list[Sent]:
        """Return what was sent since the last call."""
        sent, self.sent = self.sent, []
        return sent

    def _ask(self, params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        context["asked"] = params

    def _take(self, context: dict[str, Any], **_: object) -> None:
        asked = context["asked"]
        for entry in asked.get("Entries", [asked]):
            self.sent.append(
                Sent(asked["QueueUrl"], entry["MessageBody"], entry.get("DelaySeconds", 0))
            )
