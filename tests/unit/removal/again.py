"""What the removal process sends itself, to be handled later."""

from runtime.common.messages import Removal


class Again:
    """Stands in for the queue, so that a test needn't wait for its delays."""

    def __init__(self) -> None:
        self.sent: list[tuple[Removal, int]] = []

    def send(self, message: Removal, *, delay_seconds: int) -> None:
        """Keep a message, and the seconds after which it is due."""
        self.sent.append((message, delay_seconds))
