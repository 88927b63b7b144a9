"""Results of the real annotator, as jobs of the site under test."""

import gzip
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq

from runtime.annotator.bundle import load
from runtime.annotator.limits import Limits
from runtime.annotator.pipeline import annotate_file
from runtime.annotator.transfer import Transfer
from runtime.common.job import Job
from runtime.common.keys import ResultNames
from runtime.common.reference import Reference
from runtime.common.users import User
from tests.unit.web.site import Browser, Site


def sample_of(site: Site) -> str:
    """The sample file of the site's default reference."""
    path = load(site.reference.folder).sample_path
    assert path is not None
    return path.read_text()


def annotated(
    site: Site,
    user: User,
    vcf: str,
    name: str = "x.vcf",
    *,
    made_with: Reference | None = None,
    version: str | None = None,
    called: str | None = None,
) -> Job:
    """Return a COMPLETED job with the result of annotating a text.

    `made_with` is the reference, by default the site's; the job says that its version was
    `version`, and that its name is `called`, where these are given.
    """
    reference = made_with or site.reference
    job = site.job(user, name, reference=called or reference.name)
    return annotate_job(site, job, vcf, reference, version)


def annotate_job(
    site: Site, job: Job, vcf: str, reference: Reference, version: str | None = None
) -> Job:
    """Complete a job with the result of annotating a text."""
    claim = site.jobs.claim(job.job_id, lease_seconds=60)
    name, keys = job.input_file_name, job.result_keys
    names, bucket = ResultNames.of(name), site.config.results_bucket
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "upload"
        source.write_text(vcf, encoding="utf-8")
        out = Path(folder) / "out"
        out.mkdir()
        annotate_file(source, name, load(reference.folder), out)
        files = {getattr(keys, field): out / name for field, name in vars(names).items()}
        made = {key: file for key, file in files.items() if file.exists()}
        Transfer(site.s3, Limits()).store(made, bucket, lambda: None)
    return site.jobs.complete(claim, reference_version=version or reference.version)


def rows_of(site: Site, job: Job, folder: Path) -> list[dict[str, Any]]:
    """Return the rows of a job's Parquet file, read without DuckDB."""
    key = job.result_keys.parquet
    file = folder / f"{job.job_id}.parquet"
    site.s3.download_file(site.config.results_bucket, key, str(file))
    return pq.read_table(file).to_pylist()


def records_of(body: bytes) -> list[list[str]]:
    """Return the records of a gzip VCF, column by column."""
    lines = gzip.decompress(body).decode().splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def table_of(text: str) -> list[dict[str, str]]:
    """Return the rows of a TSV; each has as many cells as the first line."""
    head, *lines = text.splitlines()
    return [dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in lines]


def export_address(browser: Browser, path: str) -> str:
    """Ask for an export until it is made; return its presigned address."""
    deadline = time.monotonic() + 120
    while (answer := browser.client.get(path, headers=AS_JSON)).status_code == 202:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert answer.status_code == 200, answer.text
    return str(answer.get_json()["url"])


def exported(browser: Browser, path: str) -> httpx.Response:
    """Download an export as a browser does that follows its address."""
    answer = httpx.get(export_address(browser, path), timeout=30)
    assert answer.status_code == 200, answer.text
    return answer


AS_JSON = {"Accept": "application/json"}
