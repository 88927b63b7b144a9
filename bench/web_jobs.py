"""Measures the pages of a user with many jobs, one request after the other."""

import json
import re
import secrets
import sys
import tempfile
import time
import uuid
from html import unescape
from pathlib import Path

from pydantic import BaseModel, ConfigDict, computed_field

from bench.measure import measure
from local.deployed_platform import DeployedPlatform
from local.errors import LocalError
from local.progress import Steps
from local.site_client import SiteClient
from runtime.common.jobs import JobTable
from runtime.common.users import UserStore

REQUESTS = 200
WARM_REQUESTS = 10
JOB_SECONDS = 60.0

EMAIL = "bench@example.org"


class PageTimes(BaseModel):
    """The times of a page, requested again and again."""

    model_config = ConfigDict(frozen=True)

    what: str
    milliseconds: tuple[float, ...]

    @computed_field  # type: ignore[prop-decorator] # mypy knows no decorated property
    @property
    def p95(self) -> float:
        """The 95th percentile."""
        ordered = sorted(self.milliseconds)
        return ordered[-(-len(ordered) * 95 // 100) - 1]


def ask_for_jobs(
    platform: DeployedPlatform, site: str, *, jobs: int, steps: Steps
) -> tuple[PageTimes, ...]:
    """Give a user `jobs` completed jobs, and request pages about them.

    Args:
        site: scheme, host and port of one web instance.

    Raises:
        LocalError: the sample wasn't annotated.
    """
    password = secrets.token_urlsafe()
    UserStore(platform.account.dynamodb().Table(platform.outputs.users_table)).create(
        email=EMAIL, name="Bench", password=password, email_verified=True
    )
    client = SiteClient(site)
    client.sign_in(EMAIL, password)
    with steps.step(f"Make {jobs:,} jobs of one user"):
        job_id = _annotate_sample(client)
        _copy_job(platform, job_id, jobs - 1)
    wanted = {
        "list of jobs": "/jobs",
        "list of jobs, second page": _second_page(client.get("/jobs")),
        "a job": f"/jobs/{job_id}",
        "state of a job": f"/jobs/{job_id}/status",
    }
    with steps.step("Ask for pages about them") as step:
        asked = []
        for what, path in wanted.items():
            step.detail = what
            asked.append(PageTimes(what=what, milliseconds=_ask(client, path)))
    client.close()
    return tuple(asked)


def _annotate_sample(client: SiteClient) -> str:
    """Have the bundle's sample annotated; return the job's id."""
    with tempfile.TemporaryDirectory(prefix="gas-bench-") as name:
        bundle = Path(name) / "bundle"
        measure([sys.executable, "-m", "reference", "rcrs", "--out", bundle])
        sample = bundle / json.loads((bundle / "manifest.json").read_text())["sample"]
        job_id = client.submit(sample).job_id
    client.wait(job_id, seconds=JOB_SECONDS, on_progress=lambda _status, _percent: None)
    return job_id


def _copy_job(platform: DeployedPlatform, job_id: str, copies: int) -> None:
    """Write copies of a job, each a minute older than the one before."""
    table = platform.account.dynamodb().Table(platform.outputs.annotations_table)
    job = JobTable(table).require(job_id).model_dump(mode="json", exclude_none=True)
    with table.batch_writer() as batch:
        for number in range(copies):
            name = f"copy-{number}.vcf"
            earlier = job["submit_time"] - 60 * (number + 1)
            own = {"job_id": str(uuid.uuid4()), "input_file_name": name, "search_text": name}
            batch.put_item(Item={**job, **own, "submit_time": earlier})


def _second_page(page: str) -> str:
    """The path of the list's link to older jobs."""
    found = re.search(r'href="(/jobs\?[^"]*cursor=[^"]*)"', page)
    if found is None:
        raise LocalError("The list of jobs has no second page.")
    return unescape(found[1])


def _ask(client: SiteClient, path: str) -> tuple[float, ...]:
    """Milliseconds from sending a request to its complete answer, on an open connection."""
    took = []
    for number in range(WARM_REQUESTS + REQUESTS):
        began = time.perf_counter()
        client.get(path)
        if number >= WARM_REQUESTS:
            took.append((time.perf_counter() - began) * 1000)
    return tuple(took)
