"""What every route of a job does for guests and for visitors with a link."""

import uuid

import pytest
from werkzeug.test import TestResponse

from runtime.common.job import Job
from runtime.common.shares import Extra, LinkToken
from runtime.web.access import Rule, act_of
from runtime.web.services.sharing import Act, ReaderKind, acts_of
from tests.unit.web.routes import OWNED, ROUTES, ask, without_tokens
from tests.unit.web.shares import annotated_with_note, invite, link_of, opened
from tests.unit.web.site import Browser, Site

VIEW = [
    "GET /jobs/<uuid:job_id>",
    "GET /jobs/<uuid:job_id>/status",
    "GET /jobs/<uuid:job_id>/log",
    "GET /jobs/<uuid:job_id>/summary.json",
    "GET /jobs/<uuid:job_id>/variants",
    "GET /jobs/<uuid:job_id>/genes",
    "GET /jobs/<uuid:job_id>/provenance",
    "GET /jobs/<uuid:job_id>/provenance.json",
]
FILES = [
    "GET /jobs/<uuid:job_id>/download",
    "GET /jobs/<uuid:job_id>/download/index",
    "GET /jobs/<uuid:job_id>/download/parquet",
    "GET /jobs/<uuid:job_id>/download/genotypes",
    "GET /jobs/<uuid:job_id>/genome",
    "GET /jobs/<uuid:job_id>/genome/matches.json",
    "GET /jobs/<uuid:job_id>/genome/variants.vcf.gz",
    "GET /jobs/<uuid:job_id>/genome/variants.vcf.gz.tbi",
]
EXPORT = [
    "GET /jobs/<uuid:job_id>/variants.vcf.gz",
    "GET /jobs/<uuid:job_id>/variants.tsv",
    "GET /jobs/<uuid:job_id>/effects.tsv",
    "GET /jobs/<uuid:job_id>/variants.parquet",
]
REMARK = [
    "POST /jobs/<uuid:job_id>/remarks/star",
    "POST /jobs/<uuid:job_id>/remarks/comments",
    "POST /jobs/<uuid:job_id>/remarks/comments/delete",
]
ACTS = (
    dict.fromkeys(VIEW, Act.VIEW)
    | dict.fromkeys(FILES, Act.FILES)
    | dict.fromkeys(EXPORT, Act.EXPORT)
    | dict.fromkeys(REMARK, Act.REMARK)
)
"""What every route does that others than the owner may use."""

OWNERS = [route for route in OWNED if ROUTES[route] is Rule.JOB_OWNER_REQUIRED]


@pytest.fixture(scope="module")
def shared(site: Site) -> Job:
    """An annotated job with a note."""
    return annotated_with_note(site, site.user("Ada"))


def test_should_state_what_it_does_when_others_than_the_owner_may_use_a_route(site: Site) -> None:
    found = {
        f"{method} {route.rule}": act
        for route in site.app.url_map.iter_rules()
        for method in (route.methods or set()) - {"HEAD", "OPTIONS"}
        if (act := act_of(site.app.view_functions[route.endpoint])) is not None
    }
    assert found == ACTS
    assert set(ACTS) == set(OWNED) - set(OWNERS)


def test_should_give_each_kind_of_reader_what_is_listed() -> None:
    everything = frozenset(Extra)
    assert acts_of(ReaderKind.OWNER) == set(Act)
    assert acts_of(ReaderKind.EVERYBODY) == {Act.VIEW, Act.FILES}
    assert acts_of(ReaderKind.GUEST) == {Act.VIEW}
    assert acts_of(ReaderKind.GUEST, everything) == set(Act)
    assert acts_of(ReaderKind.LINK) == {Act.VIEW}
    assert acts_of(ReaderKind.LINK, everything) == {Act.VIEW, Act.FILES, Act.NOTE, Act.STARS}


def answers(browser: Browser, route: str, job: Job) -> TestResponse:
    return ask(browser, route, job.job_id)


@pytest.mark.parametrize("route", ACTS)
def test_should_do_for_a_guest_what_is_shared_and_nothing_else(
    site: Site, shared: Job, route: str
) -> None:
    guest, better = site.user("Guest"), site.user("Better")
    invite(site, shared, guest)
    invite(site, shared, better, Extra.FILES, Extra.REMARKS)
    # A form without fields is refused as such (400).
    allowed = (200, 202, 302, 409, 400)
    expected = allowed if ACTS[route] is Act.VIEW else (403,)
    assert answers(site.browser(guest), route, shared).status_code in expected
    assert answers(site.browser(better), route, shared).status_code in allowed


@pytest.mark.parametrize("route", ACTS)
def test_should_do_for_a_visitor_with_a_link_what_is_shared_and_nothing_else(
    site: Site, shared: Job, route: str
) -> None:
    # Without the region that it needs, a question is refused as such (400).
    allowed = (200, 302, 409, 400)
    expected = allowed if ACTS[route] is Act.VIEW else (403,)
    plain = answers(opened(site, link_of(site, shared)), route, shared)
    assert plain.status_code in expected
    assert plain.headers.get("X-Robots-Tag") in ("noindex, nofollow", None)
    expected = (403,) if ACTS[route] in (Act.EXPORT, Act.REMARK) else allowed
    better = opened(site, link_of(site, shared, Extra.FILES, Extra.REMARKS))
    assert answers(better, route, shared).status_code in expected


@pytest.mark.parametrize("route", OWNERS)
def test_should_be_missing_for_guests_when_a_route_is_the_owners(
    site: Site, shared: Job, route: str
) -> None:
    guest = site.user("Guest")
    invite(site, shared, guest, *Extra)
    browser = site.browser(guest)
    answer, missing = ask(browser, route, shared.job_id), ask(browser, route)
    assert answer.status_code == missing.status_code == 404
    assert without_tokens(answer.text) == without_tokens(missing.text)
    assert site.jobs.get(shared.job_id) == shared


@pytest.mark.parametrize("route", OWNED)
def test_should_be_missing_for_a_guest_when_access_has_ended(
    site: Site, shared: Job, route: str
) -> None:
    guest = site.user("Guest")
    invite(site, shared, guest, *Extra)
    browser = site.browser(guest)
    assert browser.get(f"/jobs/{shared.job_id}").status_code == 200
    shares = site.services.sharing.shares
    found = shares.guest(shared.job_id, guest.email)
    assert found
    assert shares.end(shared.job_id, found.item_id)
    answer, missing = ask(browser, route, shared.job_id), ask(browser, route)
    assert answer.status_code == missing.status_code == 404
    assert without_tokens(answer.text) == without_tokens(missing.text)


@pytest.mark.parametrize("route", ACTS)
def test_should_be_missing_when_a_link_was_ended(site: Site, shared: Job, route: str) -> None:
    token = link_of(site, shared, *Extra)
    visitor = opened(site, token)
    assert visitor.get(f"/jobs/{shared.job_id}").status_code == 200
    site.services.sharing.shares.end(shared.job_id, token.item_id)
    assert ask(visitor, route, shared.job_id).status_code == 404
    # Of a job that never was, a forged link has the same answer.
    forged = LinkToken.new(str(uuid.uuid4()))
    visitor.client.set_cookie("gas-links", str(forged))
    assert ask(visitor, route, forged.job_id).status_code == 404
