"""Stars and comments on variants, and saved filters."""

import re
from typing import Any

import pyarrow.parquet as pq
import pytest

from runtime.common.job import Job
from runtime.common.owned_items import of_user
from runtime.common.shares import Extra
from runtime.common.users import User
from runtime.contract.dynamodb import REMARKED_JOB_ITEM
from runtime.web.services import remarks as remark_rules
from runtime.web.services import saved_filters as filter_rules
from runtime.web.services.exports.export_request import ExportForm, ExportRequest
from runtime.web.services.exports.export_service import ExportService, Ready
from runtime.web.services.rate_limit import HOUR, RateLimit
from runtime.web.services.variants.exporter import Progress, VariantExporter
from runtime.web.services.variants.filters import VariantFilter
from runtime.web.services.variants.variant import VariantKey
from tests.unit.web.site import Browser, Site
from tests.unit.web.variants.results import annotated

VCF = (
    "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    "MT\t3243\t.\tA\tG\t.\t.\t.\nMT\t8993\t.\tT\tC,G\t.\t.\t.\n"
)


@pytest.fixture
def job(site: Site, user: User) -> Job:
    """The user's result with three variants."""
    return annotated(site, user, VCF)


@pytest.fixture
def guest(site: Site, job: Job) -> User:
    """Somebody whom the result is shared with, with files, stars and comments."""
    guest = site.user("Grace")
    site.services.sharing.shares.add_guest(job.job_id, guest.email, [Extra.FILES, Extra.REMARKS])
    return guest


def star(browser: Browser, job: Job, variant: str, starred: str = "yes", **more: str) -> Any:
    path = f"/jobs/{job.job_id}/remarks/star"
    return browser.post(path, variant=variant, starred=starred, **more)


def comment(browser: Browser, job: Job, variant: str, text: str) -> Any:
    return browser.post(f"/jobs/{job.job_id}/remarks/comments", variant=variant, text=text)


def shown(browser: Browser, job: Job, query: str = "") -> str:
    return browser.get(f"/jobs/{job.job_id}/variants?{query}").text


def exported(site: Site, job: Job, form: ExportForm, **args: str) -> tuple[ExportRequest, bytes]:
    """What the maker would make of a request as it is now."""
    marks = site.services.remarks.of(job).marks
    request = ExportRequest(job=job, form=form, args=tuple(args.items()), marks=marks)
    exporter = VariantExporter(site.services.variants, site.services.results)
    return request, b"".join(exporter.chunks(request, Progress()))


def test_should_show_a_star_with_its_person_and_lead_back_when_one_is_set(
    site: Site, browser: Browser, job: Job, guest: User
) -> None:
    answer = star(browser, job, "2-2", back="gene=MT-ATP6&sort=-position")
    assert answer.status_code == 303, answer.text
    assert (
        answer.location
        == f"/jobs/{job.job_id}/variants?gene=MT-ATP6&sort=-position&variant=2-2#variant"
    )
    page = shown(site.browser(guest), job, "variant=2-2")
    assert "Starred by Ada" in page
    assert page.count('aria-label="starred"') == 1
    star(browser, job, "2-2", "no")
    assert 'aria-label="starred"' not in shown(browser, job)


def test_should_leave_the_starred_variants_when_the_filter_asks_for_them(
    browser: Browser, job: Job
) -> None:
    assert "No matching variants" in shown(browser, job, "starred=yes")
    star(browser, job, "2-1")
    page = shown(browser, job, "starred=yes")
    assert re.findall(r'id="row-([\d-]+)"', page) == ["2-1"]
    assert "Write yes, or leave it out" in shown(browser, job, "starred=no")


def test_should_keep_comments_of_both_and_let_only_the_right_ones_delete(
    site: Site, browser: Browser, job: Job, guest: User
) -> None:
    theirs = site.browser(guest)
    assert comment(browser, job, "1-1", "seen in <b>MELAS</b>").status_code == 303
    assert comment(theirs, job, "1-1", "agreed").status_code == 303
    page = shown(theirs, job, "variant=1-1")
    assert "seen in &lt;b&gt;MELAS&lt;/b&gt;" in page
    assert "Grace" in page
    of_owner, of_guest = site.services.remarks.of(job).comments
    path = f"/jobs/{job.job_id}/remarks/comments/delete"
    refused = theirs.post(path, variant="1-1", comment=of_owner.item_id)
    assert refused.status_code == 404
    assert theirs.post(path, variant="1-1", comment="guest#1").status_code == 404
    assert browser.post(path, variant="1-1", comment=of_guest.item_id).status_code == 303
    assert [each.text for each in site.services.remarks.of(job).comments] == [of_owner.text]


def visitor_of(site: Site, job: Job, *extras: Extra) -> Browser:
    token = site.services.sharing.shares.add_link(job.job_id, label="", extras=extras, seconds=60)
    visitor = site.visitor()
    visitor.post("/link", link=str(token))
    return visitor


def test_should_show_a_links_visitor_no_names(site: Site, browser: Browser, job: Job) -> None:
    star(browser, job, "1-1")
    comment(browser, job, "1-1", "for us alone")
    page = shown(visitor_of(site, job, Extra.REMARKS), job, "variant=1-1&starred=yes")
    assert "★ Starred" in page
    assert "for us alone" not in page
    assert "Ada" not in page


def test_should_show_nothing_of_stars_and_comments_when_the_owner_has_not_shared_them(
    site: Site, browser: Browser, job: Job
) -> None:
    star(browser, job, "1-1")
    comment(browser, job, "1-1", "for us alone")
    plain = site.user("Eve")
    site.services.sharing.shares.add_guest(job.job_id, plain.email, [Extra.FILES])
    for reader in (site.browser(plain), visitor_of(site, job)):
        page = shown(reader, job, "variant=1-1")
        assert "★" not in page
        assert "for us alone" not in page
        assert "starred only" not in page
        # Nor does a filter tell which variants have a star.
        assert "hasn&#39;t shared its stars" in shown(reader, job, "starred=yes")
    in_view = f"/jobs/{job.job_id}/genome/matches.json?starred=yes&at=MT:1-16569"
    assert len(browser.get(in_view).get_json()["alleles"]) == 1
    assert site.browser(plain).get(in_view).status_code == 400


def test_should_export_for_a_guest_only_what_the_guest_may_see(
    site: Site, browser: Browser, job: Job, guest: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    star(browser, job, "1-1")
    plain = site.user("Eve")
    site.services.sharing.shares.add_guest(job.job_id, plain.email, [Extra.FILES])
    asked: list[ExportRequest] = []

    def find(_: object, request: ExportRequest, **__: object) -> Ready:
        asked.append(request)
        return Ready("https://files.example.org/x")

    monkeypatch.setattr(ExportService, "find", find)
    for reader in (browser, site.browser(guest), site.browser(plain)):
        assert reader.get(f"/jobs/{job.job_id}/variants.tsv").status_code == 302
    assert [[mark.key for mark in request.marks] for request in asked] == [["1-1"], ["1-1"], []]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"variant": "9-1", "text": "x"}, 404),
        ({"variant": "x", "text": "x"}, 400),
        ({"variant": "1-1", "text": " "}, 400),
        ({"variant": "1-1", "text": "x" * 1001}, 400),
        ({"variant": "1-1", "text": "x", "user_id": "x"}, 400),
    ],
)
def test_should_refuse_a_comment_when_it_is_not_as_it_must_be(
    site: Site, browser: Browser, job: Job, fields: dict[str, str], code: int
) -> None:
    answer = browser.post(f"/jobs/{job.job_id}/remarks/comments", **fields)
    assert answer.status_code == code
    assert site.services.remarks.of(job).comments == ()


def test_should_bound_stars_and_comments(
    browser: Browser, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remark_rules, "MAX_STARS", 1)
    monkeypatch.setattr(remark_rules, "MAX_COMMENTS", 1)
    assert star(browser, job, "1-1").status_code == 303
    assert star(browser, job, "2-1").status_code == 409
    assert comment(browser, job, "1-1", "one").status_code == 303
    assert comment(browser, job, "1-1", "two").status_code == 409


def test_should_say_when_to_try_again_when_somebody_writes_too_much(
    browser: Browser, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remark_rules, "PER_HOUR", RateLimit("remark once", 1, HOUR))
    assert comment(browser, job, "2-2", "The first.").status_code == 303
    refused = comment(browser, job, "2-2", "The second.")
    assert (refused.status_code, "Too many attempts" in refused.text) == (429, True)


def test_should_export_stars_and_comments_with_the_set(
    site: Site, browser: Browser, job: Job, guest: User, tmp_path: Any
) -> None:
    before, plain = exported(site, job, ExportForm.VARIANTS_TSV)
    assert b"starred_by" not in plain
    star(browser, job, "2-1")
    star(site.browser(guest), job, "2-1")
    comment(browser, job, "1-1", "first\tline\nsecond")
    after, table = exported(site, job, ExportForm.VARIANTS_TSV)
    assert before.digest != after.digest
    header, *lines = [line.split("\t") for line in table.decode().splitlines()]
    rows = [dict(zip(header, line, strict=True)) for line in lines]
    assert [row["starred_by"] for row in rows] == ["", "Ada; Grace", ""]
    assert re.fullmatch(r"Ada, \d{4}-\d\d-\d\d: first line second", rows[0]["comments"])
    _, starred = exported(site, job, ExportForm.VARIANTS_TSV, starred="yes")
    assert len(starred.decode().splitlines()) == 2
    _, written = exported(site, job, ExportForm.PARQUET)
    (tmp_path / "x.parquet").write_bytes(written)
    found = pq.read_table(tmp_path / "x.parquet").to_pydict()
    stars = {
        (record, allele): names
        for record, allele, names in zip(
            found["record"], found["allele"], found["starred_by"], strict=True
        )
    }
    assert stars == {(1, 1): None, (2, 1): "Ada; Grace", (2, 2): None}


def test_should_serve_no_stale_file_when_a_star_has_changed(
    site: Site, browser: Browser, job: Job
) -> None:
    request = ExportRequest(job=job, form=ExportForm.VARIANTS_TSV)
    star(browser, job, "1-1")
    marks = site.services.remarks.of(job).marks
    assert [mark.key for mark in marks] == ["1-1"]
    assert request.model_copy(update={"marks": marks}).key != request.key


def test_should_delete_what_a_guest_left_when_the_account_goes(
    site: Site, browser: Browser, job: Job, guest: User
) -> None:
    theirs = site.browser(guest)
    star(theirs, job, "1-1")
    comment(theirs, job, "1-1", "mine")
    star(browser, job, "1-1")
    items = site.services.remarks.items
    assert len(items.all(of_user(guest.user_id), REMARKED_JOB_ITEM)) == 1
    site.services.account_deletion.delete(guest)
    left = site.services.remarks.of(job)
    assert [each.name for each in (*left.stars, *left.comments)] == ["Ada"]


def test_should_find_a_saved_filter_in_the_explorer_and_for_programs(
    site: Site, browser: Browser, user: User, job: Job
) -> None:
    query = "gene=MT-ATP6&impact=MODERATE&sort=-position"
    answer = browser.post("/filters", name="ATP6 missense", query=query, job=job.job_id)
    assert answer.status_code == 303, answer.text
    assert "Saved the filter “ATP6 missense”" in shown(browser, job)
    args = site.services.saved_filters.args(user.user_id, "atp6 MISSENSE")
    assert args == {"gene": ["MT-ATP6"], "impact": ["MODERATE"]}
    answer = browser.get(f"/jobs/{job.job_id}/variants?saved=ATP6+missense")
    assert answer.location == f"/jobs/{job.job_id}/variants?gene=MT-ATP6&impact=MODERATE"
    assert browser.get(f"/jobs/{job.job_id}/variants?saved=none").status_code == 404
    assert browser.get(f"/jobs/{job.job_id}/variants?saved={'x' * 2000}").status_code == 404
    browser.post("/filters/delete", name="ATP6 missense", job=job.job_id)
    assert site.services.saved_filters.all(user.user_id) == []


def test_should_refuse_a_filter_when_it_is_empty_wrong_or_one_too_many(
    site: Site, browser: Browser, user: User, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filter_rules, "MAX_FILTERS", 1)

    def save(name: str, query: str, job_id: str = job.job_id) -> int:
        return browser.post("/filters", name=name, query=query, job=job_id).status_code

    assert save("empty", "") == 409
    assert save("wrong", "af_min=2") == 400
    assert save("x" * 61, "gene=MT-ND1") == 400
    assert save("one", "gene=MT-ND1") == 303
    assert save("one", "gene=MT-ND2") == 303
    assert save("two", "gene=MT-ND1") == 409
    assert save("one", "gene=MT-ND1", site.job(site.user("Eve")).job_id) == 404
    [kept] = site.services.saved_filters.all(user.user_id)
    assert (kept.name, kept.args) == ("one", {"gene": ["MT-ND1"]})


def test_should_keep_the_condition_in_an_address(site: Site, job: Job) -> None:
    wanted = VariantFilter(starred="yes")
    assert wanted.to_args() == [("starred", "yes")]
    assert site.services.variants.has(job, VariantKey(2, 2))
    assert not site.services.variants.has(job, VariantKey(2, 3))
