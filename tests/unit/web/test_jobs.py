"""A job's page, status, log, summary and download."""

import json
import re
from typing import Any

import httpx
import pytest

from runtime.common.job import Job, ResultState
from runtime.common.users import User
from runtime.contract.job_status import JobStatus
from runtime.web.services import result_files, results
from tests.unit.web.job_states import VCF_GZ, completed, failed, running
from tests.unit.web.site import VCF, Browser, Site


def test_should_follow_by_script_or_by_reload_when_a_job_is_open(
    site: Site, user: User, browser: Browser
) -> None:
    for job, words in ((site.job(user), "Waiting"), (running(site, user, 43), "43")):
        page = browser.get(f"/jobs/{job.job_id}").text
        assert words in page
        assert f'data-status-url="/jobs/{job.job_id}/status"' in page
        assert "js/job.js" in page
        assert '<noscript><meta http-equiv="refresh"' in page
        assert 'role="status"' in page


def test_should_show_the_reason_as_text_when_a_job_failed(
    site: Site, user: User, browser: Browser
) -> None:
    job = failed(site, user, "Line 3: <b>POS</b> isn't a number.")
    page = browser.get(f"/jobs/{job.job_id}").text
    assert "Line 3: &lt;b&gt;POS&lt;/b&gt; isn&#39;t a number." in page
    assert "Upload another file" in page
    assert "js/job.js" not in page


def test_should_say_where_it_stands_when_a_script_asks(
    site: Site, user: User, browser: Browser
) -> None:
    def status(job: Job) -> dict[str, Any]:
        answer = browser.get(f"/jobs/{job.job_id}/status")
        assert answer.headers["Cache-Control"] == "no-store"
        body: dict[str, Any] = answer.get_json()
        return body

    open_job, ended = running(site, user, 43), failed(site, user, "Not a VCF.")
    assert status(open_job) == {
        "job_id": open_job.job_id,
        "job_status": "RUNNING",
        "progress": 43,
        "error": None,
        "submit_time": open_job.submit_time,
        "complete_time": None,
        "result_state": None,
        "cancel_requested": False,
        "reference": "rcrs",
        "reference_version": None,
        "offered_version": "1.1.0",
        "headline": "Annotating the variants",
        "detail": "",
    }
    assert status(ended)["job_status"] == "FAILED"
    assert status(ended)["error"] == "Not a VCF."
    assert status(ended)["complete_time"] == ended.complete_time


def test_should_lead_to_a_short_lived_download_when_a_job_has_completed(
    site: Site, user: User, browser: Browser
) -> None:
    job = completed(site, user)
    answer = browser.get(f"/jobs/{job.job_id}/download")
    assert answer.status_code == 302
    assert f"X-Amz-Expires={result_files.DOWNLOAD_SECONDS}" in answer.location
    got = httpx.get(answer.location, timeout=30)
    assert got.content == VCF_GZ
    assert got.headers["Content-Disposition"] == 'attachment; filename="sample.annot.vcf.gz"'


def test_should_answer_409_when_there_is_nothing_to_download(
    site: Site, user: User, browser: Browser
) -> None:
    for job in (site.job(user), running(site, user, 1), failed(site, user, "No.")):
        answer = browser.get(f"/jobs/{job.job_id}/download")
        assert answer.status_code == 409
        assert "no result to download" in answer.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"job_status": JobStatus.RUNNING}, "no result to download"),
        ({"result_state": ResultState.ARCHIVED}, "is archived"),
        ({"result_state": ResultState.RESTORING}, "being restored from the archive"),
        ({"result_state": None}, "no result to download"),
    ],
)
def test_should_sign_no_download_when_the_result_is_not_there(
    site: Site, user: User, changes: dict[str, Any], said: str
) -> None:
    job = completed(site, user).model_copy(update=changes)
    with pytest.raises(results.NoResult, match=said):
        site.services.results.download_url(job)


def test_should_show_the_log_as_a_page_or_as_text_when_asked(
    site: Site, user: User, browser: Browser
) -> None:
    path = f"/jobs/{completed(site, user, log=b'3 variants <read>').job_id}/log"
    assert "3 variants &lt;read&gt;" in browser.get(path).text
    assert browser.get(f"{path}?format=text").text == "3 variants <read>"
    script = browser.client.get(path)
    assert script.text == "3 variants <read>"
    assert script.content_type == "text/plain; charset=utf-8"


def test_should_show_the_first_part_when_the_log_is_long(
    site: Site, user: User, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "MAX_LOG_BYTES", 10)
    page = browser.get(f"/jobs/{completed(site, user, log=b'0123456789abc').job_id}/log").text
    assert "This log is long" in page
    assert "0123456789</pre>" in page


def test_should_say_when_it_comes_when_there_is_no_log_yet(
    site: Site, user: User, browser: Browser
) -> None:
    path = f"/jobs/{site.job(user).job_id}/log"
    assert "Come back then" in browser.get(path).text
    assert browser.client.get(path).status_code == 404


def test_should_send_the_summary_as_it_is_when_a_script_asks(
    site: Site, user: User, browser: Browser
) -> None:
    body = json.dumps({"any": "thing"}).encode()
    job = completed(site, user, summary=body)
    answer = browser.get(f"/jobs/{job.job_id}/summary.json")
    assert (answer.content_type, answer.data) == ("application/json", body)
    assert browser.get(f"/jobs/{site.job(user).job_id}/summary.json").status_code == 404


@pytest.mark.parametrize(
    "body", [None, b"", b"{", b"[]", b"null", b'"x"', b'{"counts": 3}', b"\xff\xfe", b"{}" * 9]
)
def test_should_offer_result_and_log_when_the_summary_is_missing_or_odd(
    site: Site, user: User, browser: Browser, body: bytes | None
) -> None:
    job = completed(site, user, summary=body)
    answer = browser.get(f"/jobs/{job.job_id}")
    assert answer.status_code == 200
    assert "We can't show the summary of this job" in answer.text
    assert f'href="/jobs/{job.job_id}/download"' in answer.text
    assert f'href="/jobs/{job.job_id}/log"' in answer.text


def test_should_not_read_it_when_the_summary_is_far_too_large(
    site: Site, user: User, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "MAX_SUMMARY_BYTES", 10)
    job = completed(site, user, summary=b'{"padding": "0123456789"}')
    assert "can't show the summary" in browser.get(f"/jobs/{job.job_id}").text
    assert browser.get(f"/jobs/{job.job_id}/summary.json").status_code == 404


def test_should_say_what_to_do_when_a_job_failed(site: Site, user: User, browser: Browser) -> None:
    job = failed(site, user, "The reference alleles contradict rCRS in 9 of 10 records.")
    page = browser.get(f"/jobs/{job.job_id}").text
    assert "What to do:" in page
    assert "bcftools +liftover" in page


def test_should_tell_input_reference_and_place_when_a_job_waits(
    site: Site, user: User, browser: Browser
) -> None:
    ticket = browser.upload("trio.vcf", VCF)
    made = browser.post_json("/jobs", {"token": ticket, "note": "Trio 7"}).get_json()
    page = browser.get(made["url"]).text
    assert f"trio.vcf, {len(VCF)} bytes<" in page
    assert site.reference.manifest.assembly in page
    assert re.search(r'id="headline">Waiting', page)
    assert "Trio 7" in page
    assert site.jobs.require(made["job_id"]).note == "Trio 7"
