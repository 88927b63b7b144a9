"""The operator's page of figures."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from runtime.common.account_standing import AccountStanding
from runtime.common.figure_items import FigureItems
from runtime.common.jobs import EndedJobs
from runtime.contract.job_status import FailureKind
from runtime.janitor.job_counter import JobCounter
from runtime.web.context import EXTENSION
from runtime.web.services.figures.throughput import ThroughputService
from tests.unit.web.site import PASSWORD, Browser, Site

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@pytest.fixture
def browser(site: Site) -> Browser:
    user = site.user("Olga")
    browser = site.browser(AccountStanding(site.users).make_operator(user.user_id))
    assert browser.post("/operator/confirm", password=PASSWORD).status_code == 303
    return browser


@pytest.fixture(autouse=True)
def items(site: Site, ephemeral_table: "Table", monkeypatch: pytest.MonkeyPatch) -> FigureItems:
    """Figures of this test alone: the site's table is that of the session."""
    found = FigureItems(ephemeral_table)
    own = replace(site.services, throughput=ThroughputService(found))
    monkeypatch.setitem(site.app.extensions, EXTENSION, own)
    return found


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_should_say_what_is_missing_when_nothing_was_counted(browser: Browser) -> None:
    answer = browser.get("/operator/figures")
    assert answer.status_code == 200
    assert "Throughput and failures are not known here." in text_of(answer.text)


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
