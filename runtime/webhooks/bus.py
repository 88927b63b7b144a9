"""A bus of EventBridge that gets the same events as webhooks."""

from dataclasses import dataclass
from typing import Any

from runtime.webhooks.events import Event

SOURCE = "gas"


class NotPut(Exception):
    """EventBridge refused an event; the text says why."""


@dataclass(frozen=True)
class Bus:
    """One bus; `events` is boto3's client."""

    events: Any
    name: str

    def __call__(self, event: Event) -> None:
        """Put an event; its detail is what a webhook gets.

        Raises:
            NotPut: EventBridge refused it.
            botocore.exceptions.ClientError: EventBridge refused the call.
        """
        entry = {
            "Source": SOURCE,
            "DetailType": event.event_type,
            "Detail": event.body,
            "EventBusName": self.name,
        }
        answer = self.events.put_events(Entries=[entry])
        for refused in answer["Entries"]:
            if "ErrorCode" in refused:
                raise NotPut(f"{refused['ErrorCode']} {refused.get('ErrorMessage', '')}".strip())


def no_bus(_event: Event) -> None:
    """The stage names no bus."""
