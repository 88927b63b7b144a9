"""What the stage costs, today and this month, as AWS Cost Explorer says.

A request costs 0.01 US dollars, so an answer is kept for KEPT_SECONDS, and is shared by all web
processes. It is asked for when an operator looks, with the role for operators. The janitor couldn't
ask: its instances may have no way to Cost Explorer, for which a stage's network has no endpoint.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, Field

from runtime.common.figure_items import COSTS, FigureItems
from runtime.common.items import ConditionFailed
from runtime.common.log import get_logger
from runtime.contract.tags import STAGE_TAG

KEPT_SECONDS = 12 * 3600
"""AWS brings its figures up to date about three times a day."""

REFUSED_SECONDS = 3600
"""After a fault it is asked again so much later."""

ASKING_SECONDS = 120
"""If no answer is written within this, whoever asked has died."""

log = get_logger(__name__)


class CostFigures(BaseModel):
    """An answer of Cost Explorer, or why there is none.

    Attributes:
        counted_at: the epoch second when it was asked for.
        is_asking: a process is waiting for the answer.
        problem: what Cost Explorer said in place of an answer.
        days: US dollars by day in UTC, as 2026-11-29, from the first of the month on.
    """

    counted_at: int
    is_asking: bool = False
    problem: str | None = None
    days: dict[str, Decimal] = Field(default_factory=dict)

    @property
    def month(self) -> Decimal:
        """US dollars of the month that was asked for."""
        return sum(self.days.values(), Decimal(0))

    @property
    def kept_for(self) -> int:
        """Seconds from `counted_at` for which nobody asks again."""
        if self.is_asking:
            return ASKING_SECONDS
        return KEPT_SECONDS if self.problem is None else REFUSED_SECONDS


@dataclass(frozen=True)
class CostView:
    """What the page shows.

    Attributes:
        figures: None in a stage without a budget, where nobody asks.
        budget: US dollars a month; 0 without one.
        today, yesterday: None where AWS has billed nothing yet, or the day isn't of the month.
        percent: of the budget, spent this month.
    """

    figures: CostFigures | None
    budget: int
    today: Decimal | None = None
    yesterday: Decimal | None = None

    @property
    def percent(self) -> int:
        """How much of the budget is spent."""
        return round(100 * self.figures.month / self.budget) if self.figures and self.budget else 0


@dataclass(frozen=True)
class CostService:
    """Asks Cost Explorer, and keeps the answer.

    Args:
        explorer: returns a client of Cost Explorer for the requests of an operator, by their id.
        stage: the value of the tag by which costs are counted.
        budget: US dollars a month; 0 for none.
    """

    explorer: Callable[[str], Any]
    figures: FigureItems
    stage: str
    budget: int
    clock: Callable[[], float] = time.time

    def read(self, operator_id: str) -> CostView:
        """Return the costs; asks for them if what is kept is old."""
        if not self.budget:
            return CostView(None, 0)
        now = int(self.clock())
        item = self.figures.get(COSTS)
        kept = None if item is None else CostFigures.model_validate(item)
        if kept is None or kept.counted_at + kept.kept_for <= now or _is_of_last_month(kept, now):
            kept = self._ask(operator_id, now, item)
        days = {when: kept.days.get(_day(now - 86_400 * back)) for back, when in enumerate(DAYS)}
        return CostView(kept, self.budget, **{when: usd or None for when, usd in days.items()})

    def _ask(self, operator_id: str, now: int, before: Mapping[str, Any] | None) -> CostFigures:
        """Ask, unless another process is doing so."""
        asking = CostFigures(counted_at=now, is_asking=True)
        try:
            self._keep(asking, before)
        except ConditionFailed:
            return asking
        found = self._answer(operator_id, now)
        self._keep(found, asking.model_dump())
        return found

    def _keep(self, found: CostFigures, before: Mapping[str, Any] | None) -> None:
        figures = found.model_dump(exclude_none=True)
        self.figures.put(COSTS, figures, counted_at=found.counted_at, instead_of=before)

    def _answer(self, operator_id: str, now: int) -> CostFigures:
        today = datetime.fromtimestamp(now, UTC).date()
        try:
            answer = self.explorer(operator_id).get_cost_and_usage(
                TimePeriod={
                    "Start": today.replace(day=1).isoformat(),
                    "End": (today + timedelta(days=1)).isoformat(),  # which isn't counted
                },
                Granularity="DAILY",
                Metrics=["UnblendedCost"],
                Filter={"Tags": {"Key": STAGE_TAG, "Values": [self.stage]}},
            )
        except (ClientError, BotoCoreError) as error:
            log.warning("Cost Explorer doesn't answer", error=str(error))
            return CostFigures(counted_at=now, problem=_said(error))
        return CostFigures(
            counted_at=now,
            days={
                each["TimePeriod"]["Start"]: Decimal(each["Total"]["UnblendedCost"]["Amount"])
                for each in answer["ResultsByTime"]
            },
        )


DAYS = ("today", "yesterday")


def _day(epoch_seconds: int) -> str:
    return datetime.fromtimestamp(epoch_seconds, UTC).date().isoformat()


def _is_of_last_month(kept: CostFigures, now: int) -> bool:
    return not kept.is_asking and _day(kept.counted_at)[:7] != _day(now)[:7]


def _said(error: ClientError | BotoCoreError) -> str:
    """Return what an operator needs of a fault: no address and no id of a request."""
    if isinstance(error, ClientError):
        found = error.response["Error"]
        return f"It answered with the error {found.get('Code', 'without a code')}."
    return f"It didn't answer ({type(error).__name__})."
