"""One delivery of a message: what its handler can ask of the loop around it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context

from botocore.exceptions import BotoCoreError, ClientError

from runtime.common.log import get_logger
from runtime.contract.sqs import MAX_VISIBILITY_SECONDS

log = get_logger(__name__)


class HandBack(Exception):
    """Raised by a handler to have its message delivered again after `delay_seconds`."""

    def __init__(self, delay_seconds: int, reason: str) -> None:
        super().__init__(reason)
        self.delay_seconds = min(delay_seconds, MAX_VISIBILITY_SECONDS)
        self.reason = reason


class Delivery:
    """A message in the hands of its handler.

    Attributes:
        receive_count: how many times the message has been received, this time included.
        stopping: set when the handler should stop and raise HandBack: the process is to end and
            the grace is over, or a heartbeat's callback said that the work is lost.
    """

    def __init__(
        self, *, extend: Callable[[], None], every_seconds: float, receive_count: int
    ) -> None:
        self.receive_count = receive_count
        self.stopping = threading.Event()
        self._every_seconds = every_seconds
        self._callbacks = [extend]
        self._done = threading.Event()

    def check_cancelled(self) -> None:
        """Raise HandBack when the handler should stop. Long work calls this now and then."""
        if self.stopping.is_set():
            raise HandBack(0, "the process is to end")

    def on_heartbeat(self, callback: Callable[[], None]) -> None:
        """Have `callback` called at each heartbeat, in another thread.

        If it raises anything but an AWS error (those are logged and the next heartbeat tries
        again), `stopping` is set.
        """
        self._callbacks.append(callback)

    @contextmanager
    def heartbeat(self) -> Iterator[None]:
        """Beat, every third of the visibility timeout, while the body runs."""
        # The copied context carries job_id and the like into the thread's log lines.
        thread = threading.Thread(
            target=copy_context().run, args=(self._beat,), name="heartbeat", daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            self._done.set()
            thread.join()

    def _beat(self) -> None:
        while not self._done.wait(self._every_seconds):
            for callback in tuple(self._callbacks):
                self._call(callback)

    def _call(self, callback: Callable[[], None]) -> None:
        try:
            callback()
        except (ClientError, BotoCoreError):
            log.exception("heartbeat failed, the next one tries again")
        except Exception:
            log.exception("heartbeat says that the work is lost")
            self.stopping.set()
