"""A job's summary.json as the result page shows it.

The file may come from another release of the annotator: what this one doesn't know is left out,
and a file that can't be read is no summary rather than a fault.
"""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError

from runtime.annotator.consequences import IMPACTS, Impact, impact_of
from runtime.common.log import get_logger

MAX_ROWS = 12
"""Rows of a table by gene or contig; a genome has thousands of either."""

_log = get_logger(__name__)

Counts = dict[str, NonNegativeInt]


@dataclass(frozen=True)
class Bar:
    """A bar of the chart: a consequence, its impact, and its length in percent of the longest."""

    label: str
    count: int
    impact: Impact
    percent: float


class Summary(BaseModel):
    """What the page shows of summary.json."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    consequences_: Counts = {}

    @property
    def consequences(self) -> list[Bar]:
        """The consequences found, most severe first, then most frequent."""
        longest = max(self.consequences_.values(), default=1) or 1
        bars = [
            Bar(term.replace("_", " "), count, impact_of(term.split("&")), 100 * count / longest)
            for term, count in sorted(self.consequences_.items(), key=_severity)
        ]
        return [bar for bar in bars if bar.count]


_ORDER = {term: rank for rank, term in enumerate(IMPACTS)}


def _severity(item: tuple[str, int]) -> tuple[int, int]:
    term, count = item
    return (min(_ORDER.get(part, len(_ORDER)) for part in term.split("&")), -count)


def read_summary(body: bytes) -> Summary | None:
    """Return the summary, or None when `body` isn't one."""
    try:
        return Summary.model_validate_json(body)
    except ValidationError as error:
        _log.warning("summary can't be read", faults=error.error_count())
        return None
