"""How much work one user may ask for: in an hour, and at once."""

from dataclasses import replace

import pytest

from runtime.common.users import Role
from runtime.web.context import EXTENSION
from runtime.web.services.rate_limit import HOUR, RateLimiter
from runtime.web.services.work_limits import PlanLimits
from tests.unit.clock import Clock
from tests.unit.web.site import Site

FEW, MANY = PlanLimits(2, 3), PlanLimits(3, 4)
UPLOAD = {"file_name": "sample.vcf", "size": 100}


@pytest.fixture
def clock(own_site: Site) -> Clock:
    """The clock of the site's limits, which are small here."""
    clock = Clock()
    uploads = own_site.services.uploads
    table = own_site.services.uploads.work.limiter._table
    work = replace(uploads.work, free=FEW, premium=MANY, limiter=RateLimiter(table, clock))
    services = replace(own_site.services, uploads=replace(uploads, work=work))
    own_site.app.extensions[EXTENSION] = services
    return clock


@pytest.mark.parametrize(("role", "limits"), [(Role.FREE_USER, FEW), (Role.PREMIUM_USER, MANY)])
def test_should_say_when_it_goes_on_when_an_hours_jobs_are_started(
    own_site: Site, clock: Clock, role: Role, limits: PlanLimits
) -> None:
    browser, other = (own_site.browser(own_site.user(role=role)) for _ in range(2))
    for _ in range(limits.jobs_per_hour):
        assert browser.post_json("/uploads", UPLOAD).status_code == 201

    refused = browser.post_json("/uploads", UPLOAD)
    assert refused.status_code == 429
    said = refused.get_json()["error"]
    assert f"started {limits.jobs_per_hour} jobs within an hour" in said
    assert "minutes" in said
    assert other.post_json("/uploads", UPLOAD).status_code == 201

    clock.advance(HOUR)
    assert browser.post_json("/uploads", UPLOAD).status_code == 201


def test_should_refuse_another_job_when_many_are_in_progress(own_site: Site, clock: Clock) -> None:
    user = own_site.user()
    browser = own_site.browser(user)
    jobs = [own_site.job(user) for _ in range(FEW.waiting_jobs)]

    for _ in range(2 * FEW.jobs_per_hour):
        refused = browser.post_json("/uploads", UPLOAD)
        assert (refused.status_code, "3 jobs in progress" in refused.text) == (429, True)

    # A refused one doesn't count for the hour.
    own_site.jobs.cancel(jobs[0].job_id, user.user_id)
    assert browser.post_json("/uploads", UPLOAD).status_code == 201


def test_should_count_jobs_that_run_again(own_site: Site, clock: Clock) -> None:
    user = own_site.user()
    browser = own_site.browser(user)
    job = own_site.jobs.require(
        browser.post_json("/jobs", {"token": browser.upload()}).get_json()["job_id"]
    )
    own_site.jobs.cancel(job.job_id, user.user_id)
    assert browser.post_json(f"/jobs/{job.job_id}/again", {}).status_code == 201

    refused = browser.post_json(f"/jobs/{job.job_id}/again", {})

    assert refused.status_code == 429
    assert "started 2 jobs" in refused.get_json()["error"]
