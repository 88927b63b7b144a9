"""A delivery of a message, for a handler that a test calls itself."""

from runtime.common.delivery import Delivery


def delivery(*, stopping: bool = False, receive_count: int = 1) -> Delivery:
    """Return a delivery of a message, by default the first, whose heartbeat does nothing.

    Args:
        stopping: the process is to end.
        receive_count: how often the message was received, with this time.
    """
    made = Delivery(extend=lambda: None, every_seconds=60, receive_count=receive_count)
    if stopping:
        made.stopping.set()
    return made
