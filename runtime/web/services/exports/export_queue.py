"""The exports that this process makes and has still to make, bounded for a user and for all.

Makers take the oldest whose user has none in the making: one user's large exports leave a maker to
the others.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from runtime.common.log import get_logger
from runtime.web.services.exports.export_leases import RENEW_SECONDS, ExportLeases
from runtime.web.services.exports.export_request import ExportRequest
from runtime.web.services.exports.maker_process import ExportFailed, MakerDied, MakerProcess

IDLE_SECONDS = 300.0
"""A maker with nothing to do for so long ends its child process."""

DIED = "The export was interrupted. Try again."

log = get_logger(__name__)


class TooManyOwnExports(Exception):
    """The user has as many exports in this queue as one may."""


class ExportsBusy(Exception):
    """The queue of this process is full."""


@dataclass(frozen=True, kw_only=True)
class QueueLimits:
    """What one worker process of the server takes on; an instance has two of them.

    Attributes:
        makers: exports in the making at once; each has a process, with a database's memory limit.
        of_user: how many one user may have, those that wait included.
        total: of all users, likewise.
    """

    makers: int = 2
    of_user: int = 5
    total: int = 40


@dataclass
class _Entry:
    request: ExportRequest
    user_id: str
    making: bool = False
    percent: int | None = None
    ended: threading.Event = field(default_factory=threading.Event)


class ExportQueue:
    """Makes exports in the background. Its threads start with the first one.

    Args:
        leases: where others see what this process makes.
        new_maker: returns what makes exports; called once for each maker.
    """

    def __init__(
        self,
        leases: ExportLeases,
        new_maker: Callable[[], MakerProcess],
        limits: QueueLimits = QueueLimits(),
    ) -> None:
        self._leases = leases
        self._new_maker = new_maker
        self._limits = limits
        self._entries: dict[str, _Entry] = {}
        self._changed = threading.Condition()
        self._started = False

    def check_room(self, user_id: str) -> None:
        """Find out whether the user may add an export.

        Raises:
            TooManyOwnExports, ExportsBusy: see there.
        """
        with self._changed:
            own = [one for one in self._entries.values() if one.user_id == user_id]
            if len(own) >= self._limits.of_user:
                raise TooManyOwnExports
            if len(self._entries) >= self._limits.total:
                raise ExportsBusy

    def add(self, request: ExportRequest, user_id: str) -> threading.Event:
        """Add an export whose lease this process has; return what is set when it has ended.

        Args:
            request: what is to be made.
            user_id: who asks for it, the owner or a guest.
        """
        with self._changed:
            entry = self._entries.setdefault(request.digest, _Entry(request, user_id))
            self._start_threads()
            self._changed.notify_all()
            return entry.ended

    def _start_threads(self) -> None:
        if self._started:
            return
        self._started = True
        for number in range(self._limits.makers):
            name = f"exports-{number}"
            threading.Thread(target=self._make_all, name=name, daemon=True).start()
        threading.Thread(target=self._renew_all, name="export-leases", daemon=True).start()

    def _make_all(self) -> None:
        maker = self._new_maker()
        while True:
            with self._changed:
                entry = self._next()
                idle = entry is None and not self._changed.wait(IDLE_SECONDS)
                entry = entry or self._next()
                if entry is not None:
                    entry.making = True
            if entry is not None:
                self._make(entry, maker)
            elif idle:
                maker.end()

    def _next(self) -> _Entry | None:
        entries = self._entries.values()
        busy = {entry.user_id for entry in entries if entry.making}
        free = (one for one in entries if not one.making and one.user_id not in busy)
        return next(free, None)

    def _make(self, entry: _Entry, maker: MakerProcess) -> None:
        digest = entry.request.digest

        def on_percent(percent: int | None) -> None:
            entry.percent = percent

        try:
            maker.make(entry.request, on_percent)
            self._leases.made(digest)
        except ExportFailed as failure:
            self._leases.failed(digest, str(failure))
        except MakerDied as error:
            log.warning("the process that makes exports died", reason=str(error))
            self._leases.failed(digest, DIED)
        except Exception:  # the table may be away; the lease ends by itself
            log.exception("an export's end couldn't be noted")
        finally:
            with self._changed:
                del self._entries[digest]
                self._changed.notify_all()
            entry.ended.set()

    def _renew_all(self) -> None:
        pause = threading.Event()
        while not pause.wait(RENEW_SECONDS):
            with self._changed:
                entries = list(self._entries.values())
            for entry in entries:
                self._renew(entry)

    def _renew(self, entry: _Entry) -> None:
        if entry.ended.is_set():
            return
        try:
            self._leases.renew(entry.request.digest, making=entry.making, percent=entry.percent)
        except Exception:  # the table may be away; the lease ends by itself
            log.exception("an export's lease couldn't be renewed")
