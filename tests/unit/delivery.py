"""A delivery of a message, for a handler that a test calls itself."""

from runtime.common.delivery import Delivery


def delivery(*, stopping: bool = False) -> Delivery:
    """Return the first delivery of a message, whose heartbeat does nothing.

    Args:
        stopping: the process is to end.
    """
    made = Delivery(extend=lambda: None, every_seconds=60, receive_count=1)
    if stopping:
        made.stopping.set()
    return made
