"""Jobs of several references on one site, and results whose reference isn't offered any more."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from werkzeug.datastructures import Headers

from runtime.common.job import Job
from runtime.common.reference import Reference
from runtime.common.references import References
from runtime.common.users import User
from runtime.web.context import EXTENSION
from tests.unit.web.site import VCF, Browser, Site
from tests.unit.web.variants.results import annotated, exported


@pytest.fixture
def site(site_of_two: Site) -> Site:
    """A web app that offers rcrs and the invented genome."""
    return site_of_two


def sample(reference: Reference) -> str:
    assert reference.manifest.sample
    return (reference.folder / reference.manifest.sample).read_text()


@pytest.fixture
def invented(site: Site) -> Reference:
    found = site.services.references.get("invented")
    assert found
    return found


@pytest.fixture
def withdrawn(site: Site, user: User) -> Job:
    """A result whose reference, grch99, isn't offered any more."""
    return annotated(site, user, sample(site.reference), called="grch99", version="7")


@pytest.mark.parametrize(
    ("chosen", "expected"), [({}, "rcrs"), ({"reference": "invented"}, "invented")]
)
def test_should_be_the_jobs_reference_when_it_was_chosen_at_the_upload(
    site: Site, browser: Browser, chosen: dict[str, str], expected: str
) -> None:
    wanted = {"file_name": "x.vcf", "size": len(VCF), **chosen}
    opened = browser.post_json("/uploads", wanted).get_json()
    site.s3.put_object(Bucket=site.config.inputs_bucket, Key=opened["fields"]["key"], Body=VCF)
    made = browser.post_json("/jobs", {"token": opened["token"]}).get_json()
    assert site.jobs.require(made["job_id"]).reference == expected
    status = browser.get(f"/jobs/{made['job_id']}/status").get_json()
    assert (status["reference"], status["reference_version"]) == (expected, None)


def test_should_refuse_when_an_upload_names_a_reference_that_is_not_offered(
    browser: Browser,
) -> None:
    wanted = {"file_name": "x.vcf", "size": 10, "reference": "grch99"}
    refused = browser.post_json("/uploads", wanted)
    assert refused.status_code == 400
    assert "doesn't offer the reference grch99. It offers rcrs, invented." in refused.text


def test_should_look_at_the_jobs_own_reference_when_a_site_offers_several(
    site: Site, user: User, browser: Browser, invented: Reference
) -> None:
    job = annotated(site, user, sample(invented), made_with=invented)
    made = browser.get(f"/jobs/{job.job_id}/provenance.json").get_json()
    assert made["reference"]["name"] == "invented"
    assert made["checksums"] == invented.manifest.checksums
    page = browser.get(f"/jobs/{job.job_id}").text
    assert "region=chrM" in page
    assert "This service now offers" not in page
    table = browser.get(f"/jobs/{job.job_id}/variants?region=1").text
    assert 'placeholder="1:3000-4000"' in table or "1:3000-4000" in table
    genome = browser.get(f"/jobs/{job.job_id}/genome").text
    assert 'data-assembly="Invented1"' in genome
    assert "/reference/invented/genome.fa" in genome


def test_should_say_so_when_another_version_of_the_reference_is_offered_now(
    site: Site, user: User, browser: Browser
) -> None:
    job = annotated(site, user, sample(site.reference), version="0.9.0")
    page = browser.get(f"/jobs/{job.job_id}").text
    assert "Run again with rcrs" not in page  # its input has expired
    site.s3.put_object(Bucket=site.config.inputs_bucket, Key=job.s3_key_input_file, Body=VCF)
    page = browser.get(f"/jobs/{job.job_id}").text
    assert "This result was made with rcrs 0.9.0, and stays as it is." in page
    assert "now offers rcrs 1.1.0." in page
    assert "Run again with rcrs 1.1.0" in page
    status = browser.get(f"/jobs/{job.job_id}/status").get_json()
    assert (status["reference_version"], status["offered_version"]) == ("0.9.0", "1.1.0")


def test_should_still_explore_and_download_when_the_reference_is_not_offered_any_more(
    withdrawn: Job, browser: Browser
) -> None:
    page = browser.get(f"/jobs/{withdrawn.job_id}")
    assert page.status_code == 200
    assert "This service no longer offers grch99 7" in page.text
    for path in (
        "variants",
        "variants?region=MT:1-500",
        "variants?q=A73G",
        "provenance",
        "provenance.json",
        "log",
    ):
        answer = browser.get(f"/jobs/{withdrawn.job_id}/{path}")
        assert answer.status_code == 200, path
        assert answer.data, path
    for file in ("variants.vcf.gz", "variants.tsv", "variants.parquet"):
        assert exported(browser, f"/jobs/{withdrawn.job_id}/{file}").content, file
    genome = browser.get(f"/jobs/{withdrawn.job_id}/genome")
    assert genome.status_code == 409
    assert "offer the reference grch99 any more" in genome.text


def test_should_refuse_to_run_again_when_the_reference_is_not_offered_any_more(
    withdrawn: Job, browser: Browser
) -> None:
    refused = browser.post_json(f"/jobs/{withdrawn.job_id}/again", {})
    assert refused.status_code == 409
    assert "It offers rcrs, invented." in refused.text


def test_should_keep_the_reference_when_a_job_runs_again(
    site: Site, user: User, browser: Browser
) -> None:
    job = site.job(user, reference="invented")
    site.s3.put_object(Bucket=site.config.inputs_bucket, Key=job.s3_key_input_file, Body=VCF)
    made = browser.post_json(f"/jobs/{job.job_id}/again", {}).get_json()
    assert site.jobs.require(made["job_id"]).reference == "invented"


def test_should_take_another_reference_when_a_job_runs_again_with_one(
    site: Site, user: User, browser: Browser, withdrawn: Job
) -> None:
    site.s3.put_object(Bucket=site.config.inputs_bucket, Key=withdrawn.s3_key_input_file, Body=VCF)
    page = browser.get(f"/jobs/{withdrawn.job_id}").text
    url = f"/jobs/{withdrawn.job_id}/again"

    made = browser.post_form(url, reference="invented")
    by_script = browser.post_json(url, {"reference": "rcrs"}).get_json()

    assert '<option value="invented">invented 1</option>' in page
    assert made.status_code == 303
    assert site.jobs.require(made.location.rpartition("/")[2]).reference == "invented"
    assert site.jobs.require(by_script["job_id"]).reference == "rcrs"
    assert browser.post_form(url, reference="grch99").status_code == 409
    assert browser.post_form(url, other="x").status_code == 400


def test_should_have_one_etag_on_every_instance_when_a_file_is_a_references(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    path = "/reference/invented/genes.gff3.gz"
    folder = site.services.references.by_name["invented"].folder
    first = _headers(browser, path)
    before = (folder / "genes.gff3.gz").stat()
    os.utime(folder / "genes.gff3.gz", (1, 1))
    try:
        second = _headers(browser, path)
    finally:
        os.utime(folder / "genes.gff3.gz", ns=(before.st_atime_ns, before.st_mtime_ns))

    assert first["ETag"] == second["ETag"]
    assert "Last-Modified" not in first
    with browser.client.get(path, headers={"If-None-Match": first["ETag"]}) as known:
        assert known.status_code == 304
    assert _headers(browser, "/reference/invented/manifest.json")["ETag"] != first["ETag"]


def _headers(browser: Browser, path: str) -> Headers:
    with browser.client.get(path) as answer:
        return answer.headers


def test_should_name_each_with_its_version_when_somebody_uploads(browser: Browser) -> None:
    page = browser.get("/upload").text
    for words in ("rCRS", "rcrs, version 1.1.0", "Invented1", "invented, version 1"):
        assert words in page


@pytest.fixture
def remote(site: Site, invented: Reference, tmp_path: Path) -> Iterator[Reference]:
    """The invented genome, of whose files this instance has none, and S3 the sequence alone."""
    bucket = f"references-{uuid.uuid4().hex}"
    site.s3.create_bucket(Bucket=bucket)
    site.s3.put_object(Bucket=bucket, Key="invented-1/genome.fa", Body=b">1\nACGT\n")
    reference = Reference(tmp_path, invented.manifest, f"s3://{bucket}/invented-1")
    services = site.services
    offered = References.of([site.reference, reference])
    site.app.extensions[EXTENSION] = replace(services, references=offered)
    yield reference
    site.app.extensions[EXTENSION] = services


@pytest.mark.parametrize(
    ("asked", "status"),
    [("bytes=2-5", 206), ("bytes=999-999", 416), ("bytes=0-", 302), ("bytes=0-99999999", 302)],
)
def test_should_pass_on_short_ranges_alone_when_s3_has_the_file(
    browser: Browser, remote: Reference, asked: str, status: int
) -> None:
    path = f"/reference/{remote.name}/{remote.manifest.fasta}"
    answer = browser.client.get(path, headers={"Range": asked})
    assert answer.status_code == status
    if status == 206:
        assert answer.data == b"\nACG"
    if status == 302:
        assert httpx.get(answer.headers["Location"], timeout=30).content == b">1\nACGT\n"


def test_should_answer_404_when_s3_has_no_such_file(browser: Browser, remote: Reference) -> None:
    path = f"/reference/{remote.name}/{remote.manifest.tracks[0].file}"
    assert browser.client.get(path, headers={"Range": "bytes=0-9"}).status_code == 404
