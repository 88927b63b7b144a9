"""Whether this instance can do its work: cheap calls, whose answers count for some seconds.

One failed call must raise no alarm, and one lucky call must not end it, so a part changes its state
only after several answers in a row.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from runtime.common.jobs import JobTable
from runtime.common.log import get_logger
from runtime.common.metrics import Metric, emit
from runtime.common.objects import is_missing
from runtime.common.users import UserStore
from runtime.contract.cloudwatch import UNAVAILABLE

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FRESH_SECONDS = 5.0
CHANGES_AFTER = 2
"""Answers in a row, all unlike a part's state, that change it."""

STALE_SECONDS = 30.0
"""A round of probes that takes longer than this counts as a failure of every part."""

ABSENT = "health"
"""A key that no table and no bucket holds: reading it is cheap, and proves as much."""

_log = get_logger(__name__)

Probe = Callable[[], object]
"""Makes a cheap call to one part; raises when the part doesn't work."""


@dataclass(frozen=True)
class Health:
    """Whether each part works."""

    parts: Mapping[str, bool]

    @property
    def ok(self) -> bool:
        """Whether every part works."""
        return all(self.parts.values())


@dataclass
class _PartState:
    """Whether one part works, and how many answers in a row said the opposite."""

    ok: bool | None = None
    opposite: int = 0

    def answer(self, ok: bool) -> None:
        if self.ok is None or ok == self.ok:
            self.ok, self.opposite = ok, 0
            return
        self.opposite += 1
        if self.opposite >= CHANGES_AFTER:
            self.ok, self.opposite = ok, 0


@dataclass
class HealthMonitor:
    """Runs its probes, at most every FRESH_SECONDS, one round at a time.

    Args:
        probes: by the name of the part.
        clock: returns seconds that never go back.
    """

    probes: Mapping[str, Probe]
    clock: Callable[[], float] = time.monotonic
    _parts: dict[str, _PartState] = field(init=False)
    _probed_at: float | None = field(default=None, init=False)
    _round: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        self._parts = {name: _PartState() for name in self.probes}

    def check(self) -> Health:
        """Return the health; run the probes first when the last answers are no longer fresh.

        While another thread runs them, the answers before count, until they are stale.
        """
        if self._age() >= FRESH_SECONDS and self._round.acquire(blocking=False):
            try:
                self._probe()
            finally:
                self._round.release()
        stale = self._age() >= STALE_SECONDS
        return Health({name: bool(part.ok) and not stale for name, part in self._parts.items()})

    def _age(self) -> float:
        return float("inf") if self._probed_at is None else self.clock() - self._probed_at

    def _probe(self) -> None:
        for name, probe in self.probes.items():
            try:
                probe()
            except Exception:  # noqa: BLE001 - whatever went wrong, this part doesn't work
                _log.exception("health probe failed", part=name)
                self._parts[name].answer(False)
            else:
                self._parts[name].answer(True)
        if not all(part.ok for part in self._parts.values()):
            emit(Metric(UNAVAILABLE))
        self._probed_at = self.clock()


def aws_probes(
    *, users: UserStore, jobs: JobTable, s3: "S3Client", buckets: dict[str, str]
) -> dict[str, Probe]:
    """Return the probes of what web needs of AWS, by calls that its role may make anyway.

    The topic isn't among them: when a publish fails, the janitor makes up for it.

    Args:
        buckets: name of the part -> name of the bucket.
    """
    tables: dict[str, Probe] = {
        "users": lambda: users.get(ABSENT),
        "jobs": lambda: jobs.get(ABSENT),
    }
    return tables | {part: _bucket_probe(s3, bucket) for part, bucket in buckets.items()}


def _bucket_probe(s3: "S3Client", bucket: str) -> Probe:
    def probe() -> None:
        # GetObject and not HeadObject: only an answer with a body distinguishes a missing key from
        # a missing bucket or a refused signature.
        try:
            s3.get_object(Bucket=bucket, Key=f"users/{ABSENT}")
        except ClientError as error:
            if not is_missing(error):
                raise

    return probe
