"""What the janitor counts for operators beside its work: a fault of it never stops that work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from runtime.common.log import get_logger

log = get_logger(__name__)


@dataclass(frozen=True)
class Figures:
    """Counts what is due; each counter has an interval of its own.

    A counter that fails is logged, and its figures stay as they are: the pages show their age.
    """

    counters: Mapping[str, Callable[[], None]]

    def __call__(self) -> None:
        """Have each counter count, if it is time for it."""
        for name, count in self.counters.items():
            try:
                count()
            except (ClientError, BotoCoreError):
                log.exception("figures not counted", figures=name)
