"""Whether this instance can do its work: cheap calls, remembered for some seconds.

One lost call must not take an instance out of service, and one lucky call must not bring it back,
so a part changes its state only after several answers in a row.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from runtime.common.log import get_logger

REMEMBER_SECONDS = 5.0
TURNS_AFTER = 2
"""Answers in a row, all unlike a part's state, that change it."""

SILENT_AFTER_SECONDS = 30.0
"""A round of probes that takes longer than this counts as a failure of all that it asks."""

_log = get_logger(__name__)

Probe = Callable[[], object]
"""Asks one part something cheap; raises when the part doesn't do what it should."""


@dataclass(frozen=True)
class Health:
    """Whether all is well, and part by part."""

    parts: Mapping[str, bool]

    @property
    def ok(self) -> bool:
        """Whether every part is well."""
        return all(self.parts.values())


@dataclass
class _Part:
    """The state of one part, and how many answers in a row spoke against it."""

    well: bool | None = None
    against: int = 0

    def answer(self, well: bool) -> None:
        if self.well is None or well == self.well:
            self.well, self.against = well, 0
            return
        self.against += 1
        if self.against >= TURNS_AFTER:
            self.well, self.against = well, 0


@dataclass
class HealthMonitor:
    """Asks its probes, at most every `REMEMBER_SECONDS`, one round at a time.

    Args:
        probes: what to ask, by the name of the part.
        clock: returns seconds that never go back.
    """

    probes: Mapping[str, Probe]
    clock: Callable[[], float] = time.monotonic
    _parts: dict[str, _Part] = field(init=False)
    _asked: float | None = field(default=None, init=False)
    _round: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        self._parts = {name: _Part() for name in self.probes}

    def check(self) -> Health:
        """Return the health, asking first when the last answers have become old.

        While another thread asks, the answers that there are count, unless it takes too long.
        """
        if self._age() >= REMEMBER_SECONDS and self._round.acquire(blocking=False):
            try:
                self._ask()
            finally:
                self._round.release()
        silent = self._age() >= SILENT_AFTER_SECONDS
        return Health({name: bool(part.well) and not silent for name, part in self._parts.items()})

    def _age(self) -> float:
        return float("inf") if self._asked is None else self.clock() - self._asked

    def _ask(self) -> None:
        for name, probe in self.probes.items():
            try:
                probe()
            except Exception:  # noqa: BLE001 - whatever went wrong, this part can't be used
                _log.exception("health probe failed", part=name)
                self._parts[name].answer(False)
            else:
                self._parts[name].answer(True)
        self._asked = self.clock()
