"""Keeps scale-in away from an instance that works on a long job."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError

from runtime.common.delivery import Delivery
from runtime.common.group import InstanceInGroup, NotInGroupError
from runtime.common.instance import MetadataError
from runtime.common.log import get_logger
from runtime.common.messages import JobRequest

log = get_logger(__name__)

Handler = Callable[[JobRequest, Delivery], None]


@dataclass
class Protected:
    """A handler whose instance is protected from its message's first heartbeat on.

    A shorter job needs no protection: it ends within the time that a stopping process has. So a
    stream of small jobs costs no call. What can't be protected is annotated all the same: at
    worst the job is handed back, and another instance begins it anew.

    A group that is being deleted waits for its last instance. So the protection is given up once
    the group may have no instance any more.
    """

    handler: Handler
    instance: InstanceInGroup
    _working: bool = field(default=False, init=False)
    _protected: bool = field(default=False, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def __call__(self, message: JobRequest, delivery: Delivery) -> None:
        """Handle the message; raises what the handler raises."""
        self._working = True
        delivery.on_heartbeat(self._on_heartbeat)
        try:
            self.handler(message, delivery)
        finally:
            self._working = False  # a heartbeat may yet come, before the loop ends them
            self.release()

    def release(self) -> None:
        """Give the protection back, if there is any; to be called between polls too.

        A group whose instances all stay protected could never shrink, so what fails here is tried
        again before the next poll.
        """
        with self._lock:
            if self._protected:
                self._set(protected=False)

    def _on_heartbeat(self) -> None:
        with self._lock:
            if not self._working:
                return
            ending = self._group_is_ending()
            if self._protected == ending:
                self._set(protected=not ending)

    def _group_is_ending(self) -> bool:
        try:
            return self.instance.is_ending()
        except (ClientError, BotoCoreError, MetadataError, NotInGroupError):
            log.exception("the group's size couldn't be read")
            return False

    def _set(self, *, protected: bool) -> None:
        try:
            self.instance.protect(protected)
        except (ClientError, BotoCoreError, MetadataError, NotInGroupError):
            log.exception("scale-in protection wasn't set", protected=protected)
        else:
            self._protected = protected
