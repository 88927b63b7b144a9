"""Costs are asked for seldom, and what isn't known is never 0."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from runtime.common import aws
from runtime.common.figure_items import COSTS, FigureItems
from runtime.web.services.figures.costs import (
    ASKING_SECONDS,
    KEPT_SECONDS,
    REFUSED_SECONDS,
    CostFigures,
    CostService,
)
from tests.emulator import Emulator
from tests.unit.clock import Clock
from tests.unit.web.site import environment_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

EIGHT = 1_800_000_000
"""15 January 2027, 8:00 UTC."""


@pytest.fixture
def clock() -> Clock:
    return Clock(EIGHT)


@pytest.fixture
def explorer(emulator: Emulator) -> Any:
    with environment_of(emulator):
        return aws.cost_explorer(boto3.Session())


@pytest.fixture
def aws_answers(explorer: Any) -> Stubber:
    """Answers in the place of Cost Explorer, which the emulator doesn't have."""
    return Stubber(explorer)


@pytest.fixture
def figures(ephemeral_table: "Table") -> FigureItems:
    return FigureItems(ephemeral_table)


@pytest.fixture
def costs(explorer: Any, figures: FigureItems, clock: Clock) -> CostService:
    return CostService(lambda _: explorer, figures, "prod", 200, clock)


def bill(aws_answers: Stubber, start: str, end: str, days: dict[str, str]) -> None:
    aws_answers.add_response(
        "get_cost_and_usage",
        {
            "ResultsByTime": [
                {
                    "TimePeriod": {"Start": day, "End": day},
                    "Total": {"UnblendedCost": {"Amount": usd, "Unit": "USD"}},
                }
                for day, usd in days.items()
            ]
        },
        {
            "TimePeriod": {"Start": start, "End": end},
            "Granularity": "DAILY",
            "Metrics": ["UnblendedCost"],
            "Filter": {"Tags": {"Key": "gas-stage", "Values": ["prod"]}},
        },
    )


def test_should_ask_once_in_twelve_hours_when_people_look_often(
    costs: CostService, aws_answers: Stubber, clock: Clock
) -> None:
    days = {"2027-01-13": "5.5", "2027-01-14": "4.25", "2027-01-15": "0.25"}
    bill(aws_answers, "2027-01-01", "2027-01-16", days)
    with aws_answers:
        found = costs.read("olga")
        assert (found.today, found.yesterday) == (Decimal("0.25"), Decimal("4.25"))
        assert found.figures is not None
        assert (found.figures.month, found.percent) == (Decimal(10), 5)
        clock.advance(KEPT_SECONDS - 1)
        assert costs.read("olga") == found
        bill(aws_answers, "2027-01-01", "2027-01-16", days | {"2027-01-15": "2.25"})
        clock.advance(1)
        assert costs.read("olga").today == Decimal("2.25")


def test_should_not_know_today_when_aws_has_billed_nothing_yet(
    costs: CostService, aws_answers: Stubber
) -> None:
    bill(aws_answers, "2027-01-01", "2027-01-16", {"2027-01-14": "1", "2027-01-15": "0"})
    with aws_answers:
        assert costs.read("olga").today is None


def test_should_ask_again_when_another_month_has_begun(
    costs: CostService, aws_answers: Stubber, clock: Clock
) -> None:
    clock.now = EIGHT + 16 * 86_400 + 15 * 3600  # 31 January, 23:00
    bill(aws_answers, "2027-01-01", "2027-02-01", {"2027-01-31": "3"})
    with aws_answers:
        costs.read("olga")
        clock.advance(3600)
        bill(aws_answers, "2027-02-01", "2027-02-02", {"2027-02-01": "0.5"})
        found = costs.read("olga")
    assert (found.today, found.yesterday) == (Decimal("0.5"), None)


def test_should_say_why_and_wait_when_cost_explorer_refuses(
    costs: CostService, aws_answers: Stubber, clock: Clock
) -> None:
    aws_answers.add_client_error("get_cost_and_usage", "AccessDeniedException")
    with aws_answers:
        found = costs.read("olga").figures
        assert found is not None
        assert found.problem == "It answered with the error AccessDeniedException."
        clock.advance(REFUSED_SECONDS - 1)
        assert costs.read("olga").figures == found
        bill(aws_answers, "2027-01-01", "2027-01-16", {"2027-01-15": "1"})
        clock.advance(1)
        assert costs.read("olga").today == 1


def test_should_not_ask_too_when_another_process_is_asking(
    costs: CostService, aws_answers: Stubber, figures: FigureItems, clock: Clock
) -> None:
    asking = CostFigures(counted_at=EIGHT, is_asking=True)
    figures.put(COSTS, asking.model_dump(exclude_none=True), counted_at=EIGHT, instead_of=None)
    with aws_answers:
        assert costs.read("olga").figures == asking
        clock.advance(ASKING_SECONDS)
        bill(aws_answers, "2027-01-01", "2027-01-16", {"2027-01-15": "1"})
        assert costs.read("olga").today == 1


def test_should_not_ask_when_the_stage_has_no_budget(
    explorer: Any, figures: FigureItems, aws_answers: Stubber
) -> None:
    with aws_answers:
        assert CostService(lambda _: explorer, figures, "prod", 0).read("olga").figures is None


def test_should_say_why_when_there_is_no_cost_explorer(costs: CostService) -> None:
    found = costs.read("olga").figures
    assert found is not None
    assert found.problem is not None
    assert found.days == {}
