"""Where tests get between the AWS calls of a handler: before a call, or after its effect."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from botocore.client import BaseClient


class Crash(BaseException):
    """The process dies here: no handler of ours may catch it."""


@dataclass
class Seam:
    """Knows each call of the clients that it watches, as "before CopyObject", "after CopyObject".

    An act that is planned for a moment is done once; what it raises comes out of the call. The
    calls that it makes itself go unseen.
    """

    calls: list[str] = field(default_factory=list)
    planned: Callable[[str], Callable[[], None] | None] | None = None
    after_each: Callable[[], None] | None = None
    _asleep: bool = False

    def watch(self, client: "BaseClient") -> None:
        """Watch every call of `client`, those of its paginators and resources as well."""
        events = client.meta.events
        events.register("before-call", lambda model, **_: self._tell(f"before {model.name}"))
        events.register("after-call", lambda model, **_: self._tell(f"after {model.name}"))

    def at(self, moment: str, act: Callable[[], None]) -> None:
        """Plan `act` for the first time that `moment`, such as "after CopyObject", comes."""
        self.planned = lambda now: act if now == moment else None

    def at_number(self, number: int, act: Callable[[], None]) -> None:
        """Plan `act` for the moment of this number, counted from now, the first being 0."""
        numbers = count()
        self.planned = lambda _now: act if next(numbers) == number else None

    def crash_at(self, moment: str) -> None:
        """Plan to die at `moment`."""
        self.at(moment, crash)

    def clear(self) -> None:
        """Forget what is planned."""
        self.planned = None

    def _tell(self, moment: str) -> None:
        if self._asleep:
            return
        self.calls.append(moment)
        act = self.planned(moment) if self.planned else None
        self._asleep = True
        try:
            if moment.startswith("after") and self.after_each:
                self.after_each()
            if act:
                self.planned = None
                act()
        finally:
            self._asleep = False


def crash() -> NoReturn:
    """End the process, as far as the handler can tell."""
    raise Crash
