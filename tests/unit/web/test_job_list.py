"""The list of a user's jobs: its pages, and its filter."""

import re

import pytest

from runtime.common.users import User
from runtime.web.blueprints.job_pages import JOBS_PER_PAGE
from tests.unit.web.job_states import failed
from tests.unit.web.site import Browser, Site


def names_in(page: str) -> list[str]:
    return re.findall(r">([\w-]+\.vcf)</a>", page)


def test_should_say_what_to_do_when_there_are_no_jobs(browser: Browser) -> None:
    page = browser.get("/jobs").text
    assert "No jobs yet" in page
    assert 'href="/upload"' in page


def test_should_list_all_jobs_newest_first_when_paged_through(
    site: Site, user: User, browser: Browser
) -> None:
    names = [f"x{i:02d}.vcf" for i in range(JOBS_PER_PAGE + 5)]
    for i, name in enumerate(names):
        site.job(user, name, submitted=1_800_000_000 + i)
    first = browser.get("/jobs").text
    older = re.search(r'href="(/jobs\?cursor=[^"]+)">Older', first)
    assert older
    second = browser.get(older[1]).text
    assert names_in(first + second) == names[::-1]
    assert "Newest jobs" in second
    assert "Older" not in second
    newer = re.search(r'href="(/jobs\?newer=[^"]+)">Newer', second)
    assert newer
    back = browser.get(newer[1])
    assert (back.status_code, back.location) == (302, "/jobs")


@pytest.mark.parametrize("cursor", ["x", "1-", "1-users/eve", "99999999999999999999-x", "'"])
def test_should_answer_404_when_the_cursor_is_none_of_ours(browser: Browser, cursor: str) -> None:
    assert browser.get("/jobs", query_string={"cursor": cursor}).status_code == 404


def test_should_show_no_foreign_jobs_when_another_users_cursor_is_given(
    site: Site, browser: Browser
) -> None:
    theirs = site.job(site.user("Eve"), "secret.vcf")
    page = browser.get("/jobs", query_string={"cursor": f"9999999999-{theirs.job_id}"})
    assert "secret.vcf" not in page.text


def test_should_list_what_the_filter_wants_when_one_is_set(
    site: Site, user: User, browser: Browser
) -> None:
    for name in ("tumour.vcf", "normal.vcf"):
        site.job(user, name)
    failed(site, user, "No.")
    assert set(names_in(browser.get("/jobs").text)) == {"tumour.vcf", "normal.vcf", "sample.vcf"}
    assert names_in(browser.get("/jobs?state=FAILED").text) == ["sample.vcf"]
    page = browser.get("/jobs?q=TUMOUR&state=PENDING").text
    assert names_in(page) == ["tumour.vcf"]
    assert 'value="TUMOUR"' in page
    assert '<option value="PENDING" selected>' in page
    none = browser.get("/jobs?q=<b>&state=COMPLETED").text
    assert "No matching jobs" in none
    assert "“&lt;b&gt;”" in none
    assert 'href="/jobs"' in none


def test_should_keep_the_filter_when_paged_through(
    site: Site, user: User, browser: Browser
) -> None:
    for i in range(60):
        name = f"{'wanted' if i % 2 else 'other'}-{i:02d}.vcf"
        site.job(user, name, submitted=1_800_000_000 + i)
    first = browser.get("/jobs?q=wanted").text
    older = re.search(r'href="(/jobs\?[^"]+)">Older', first)
    assert older
    second = browser.get(older[1].replace("&amp;", "&")).text
    assert names_in(first + second) == [f"wanted-{i:02d}.vcf" for i in range(59, 0, -2)]
    assert re.search(r'href="/jobs\?q=wanted">Newest', second)


@pytest.mark.parametrize("query", ["state=DONE", "state=PENDING&x=1", "q=" + "x" * 201])
def test_should_answer_404_when_the_filter_is_none_of_ours(browser: Browser, query: str) -> None:
    assert browser.get(f"/jobs?{query}").status_code == 404


def test_should_say_what_a_job_is_of_and_how_long_its_result_stays(
    site: Site, user: User, browser: Browser
) -> None:
    claim = site.jobs.claim(site.job(user, input_size=1536).job_id, lease_seconds=60)
    site.jobs.complete(claim, reference_version="1", variants=2000)
    page = browser.get("/jobs").text
    for fact in ("2,000 variants", "1.5 KB", "rcrs", "archived in 30 min"):
        assert f"<li>{fact}</li>" in page


def test_should_find_jobs_by_their_reference_when_filtered(
    site: Site, user: User, browser: Browser
) -> None:
    site.job(user, "own.vcf")
    site.job(user, "other.vcf", reference="grch99")
    assert names_in(browser.get("/jobs?reference=grch99").text) == ["other.vcf"]
    assert names_in(browser.get("/jobs?q=GRCh99").text) == ["other.vcf"]
    assert '<option value="grch99" selected>' in browser.get("/jobs?reference=grch99").text
