"""The operator's page of figures."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from runtime.common.account_figures import AccountFigures
from runtime.common.account_standing import AccountStanding
from runtime.common.figure_items import ACCOUNTS, COSTS, STORAGE, FigureItems
from runtime.common.jobs import EndedJobs
from runtime.common.jobs.table import day_of
from runtime.common.storage_figures import BucketFigures, StorageFigures
from runtime.common.users import Role
from runtime.contract.job_status import FailureKind
from runtime.janitor.job_counter import JobCounter
from runtime.web.context import EXTENSION
from runtime.web.services.figures.accounts import AccountFiguresService
from runtime.web.services.figures.costs import CostFigures
from runtime.web.services.figures.storage import StorageFiguresService
from runtime.web.services.figures.throughput import ThroughputService
from tests.emulator import Emulator
from tests.unit.web.site import PASSWORD, Browser, Site, environment_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@pytest.fixture
def browser(site: Site) -> Browser:
    user = site.user("Olga")
    browser = site.browser(AccountStanding(site.users).make_operator(user.user_id))
    assert browser.post("/operator/confirm", password=PASSWORD).status_code == 303
    return browser


@pytest.fixture(autouse=True)
def items(
    site: Site, emulator: Emulator, ephemeral_table: "Table", monkeypatch: pytest.MonkeyPatch
) -> Iterator[FigureItems]:
    """Figures of this test alone: the site's table is that of the session."""
    found = FigureItems(ephemeral_table)
    shared = site.services.operations
    operations = replace(
        shared,
        costs=replace(shared.costs, figures=found),
        throughput=ThroughputService(found),
        accounts=AccountFiguresService(found),
        storage=StorageFiguresService(found),
    )
    own = replace(site.services, operations=operations)
    monkeypatch.setitem(site.app.extensions, EXTENSION, own)
    with environment_of(emulator):  # the client of Cost Explorer is made for a request
        yield found


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_should_say_what_is_missing_when_nothing_was_counted(browser: Browser) -> None:
    answer = browser.get("/operator/figures")
    assert answer.status_code == 200
    for what in ("Throughput and failures are", "The number of accounts is", "What is stored is"):
        assert f"{what} not known here." in text_of(answer.text)


def test_should_show_counts_times_and_reasons_when_jobs_have_ended(
    site: Site, browser: Browser, items: FigureItems
) -> None:
    user = site.user()
    for failure in (None, FailureKind.INPUT):
        claim = site.jobs.claim(site.job(user, "mueller.vcf").job_id, lease_seconds=60)
        if failure:
            site.jobs.fail(claim, "Line 3: mueller is no contig.", kind=failure)
        else:
            site.jobs.complete(claim, reference_version="1", variants=1234)
    JobCounter(EndedJobs(site.annotations), items)()
    page = browser.get("/operator/figures").text
    text = text_of(page)
    assert re.search(r"Completed( [1-9]\d*){3} Failed( [1-9]\d*){3} Variants annotated", text)
    assert re.search(r"The file is at fault input( [1-9]\d*){3} \d+ \w+ \d{4}, \d\d:\d\d UTC", text)
    assert "mueller" not in page
    assert user.user_id not in page


def test_should_show_the_accounts_by_plan_when_they_were_counted(
    browser: Browser, items: FigureItems
) -> None:
    counted = AccountFigures(counted_at=1_800_000_000)
    for role in (Role.FREE_USER, Role.FREE_USER, Role.PREMIUM_USER):
        counted.add({"role": role, "email_verified": True})
    counted.add({"role": Role.FREE_USER, "email_verified": True, "suspended_at": 1})
    figures = counted.model_dump(mode="json")
    items.put(ACCOUNTS, figures, counted_at=counted.counted_at, instead_of=None)
    text = text_of(browser.get("/operator/figures").text)
    assert "15 Jan 2027, 08:00 UTC" in text
    assert "Free 2 0 1 3 Premium 1 0 0 1" in text


def test_should_say_which_bucket_isnt_known_when_s3_has_reported_others(
    browser: Browser, items: FigureItems
) -> None:
    archive = BucketFigures(
        stored={"GlacierStorage": 1_500_000}, objects=2, measured_at=1_800_000_000
    )
    found = StorageFigures(
        counted_at=1_800_000_000, buckets={"archive": archive, "inputs": BucketFigures()}
    )
    figures = found.model_dump(mode="json")
    items.put(STORAGE, figures, counted_at=found.counted_at, instead_of=None)
    text = text_of(browser.get("/operator/figures").text)
    assert "archive Glacier Flexible Retrieval 1.5 MB" in text
    assert "archive: 2 objects, measured 15 Jan 2027, 08:00 UTC" in text
    assert "inputs: not known." in text


def test_should_say_why_costs_arent_known_when_there_is_no_cost_explorer(browser: Browser) -> None:
    text = text_of(browser.get("/operator/figures").text)
    assert "The costs are not known here. AWS Cost Explorer was asked" in text
    assert "It answered with the error" in text
    assert " USD" not in text


def test_should_show_costs_against_the_budget_when_aws_has_billed_some(
    site: Site, browser: Browser, items: FigureItems
) -> None:
    now = int(time.time())
    found = CostFigures(counted_at=now, days={day_of(now): Decimal("1234.567")})
    figures = found.model_dump(exclude_none=True)
    items.put(COSTS, figures, counted_at=now, instead_of=None)
    text = text_of(browser.get("/operator/figures").text)
    assert "Today so far 1,234.57 USD" in text
    assert "Budget of a month 100.00 USD, of which 1235 % is spent" in text
    assert site.config.monthly_budget_usd == 100
