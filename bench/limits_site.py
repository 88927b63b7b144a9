"""Measures pages of the site, and another user's export, beside one user's many slow readers."""

import json
import secrets
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import BaseModel, ConfigDict

from bench import bundles
from bench.alleles import write_every_snv
from bench.report import Row
from bench.slow_readers import Request, slow_readers
from bench.web_jobs import PageTimes
from local.deployed_platform import DeployedPlatform
from local.errors import LocalError
from local.progress import Steps
from local.site_client import SiteClient
from runtime.common.manifest import FILE_NAME
from runtime.common.users import Role, UserStore
from runtime.vcf.fasta import Fasta

MAX_P95_MILLISECONDS = 100.0
MAX_EXPORT_SECONDS = 10.0
JOB_SECONDS = 300.0
REQUESTS, WARM_REQUESTS = 100, 5
REQUEST_SECONDS = 20.0
"""A request that takes longer counts as so long."""

OTHER_PAGES = 3
"""Of so many readers one reads the annotated VCF through the site, as the genome browser does."""


class SiteTimes(BaseModel):
    """What others got while the readers read.

    Attributes:
        pages: without any reader, then beside them.
        export_seconds: of another user's export of every effect.
    """

    model_config = ConfigDict(frozen=True)

    readers: int
    alone: tuple[PageTimes, ...]
    beside: tuple[PageTimes, ...]
    export_seconds: float


@dataclass(frozen=True)
class _User:
    client: SiteClient
    job_id: str

    @property
    def page(self) -> str:
        return f"/jobs/{self.job_id}"


def beside_slow_readers(
    platform: DeployedPlatform, site: str, readers: int, steps: Steps
) -> SiteTimes:
    """Measure pages without and beside slow readers.

    Args:
        site: scheme, host and port of one web instance.

    Raises:
        LocalError: a job failed, or an export.
    """
    bundle = bundles.rcrs_bundle(steps)
    with steps.step("Results of two users"), tempfile.TemporaryDirectory(prefix="gas-") as name:
        large = Path(name, "snvs.vcf")
        write_every_snv(Fasta(bundle / "genome.fa"), large)
        sample = bundle / json.loads((bundle / FILE_NAME).read_text())["sample"]
        reader, other = (_user_with(platform, site, vcf) for vcf in (large, sample))
    with steps.step("Pages without readers"):
        alone = _pages(other, site)
    with steps.step("An export to read slowly"):
        requests = _requests(reader, site, readers)
    with slow_readers(requests):
        with steps.step(f"Pages beside {readers} slow readers"):
            beside = _pages(other, site)
        with steps.step("Another user's export"):
            began = time.perf_counter()
            other.client.export(f"{other.page}/effects.tsv")
            seconds = time.perf_counter() - began
    for user in (reader, other):
        user.client.close()
    return SiteTimes(readers=readers, alone=alone, beside=beside, export_seconds=seconds)


def _user_with(platform: DeployedPlatform, site: str, vcf: Path) -> _User:
    users = UserStore(platform.account.dynamodb().Table(platform.outputs.users_table))
    email, password = f"{secrets.token_hex(4)}@example.org", secrets.token_urlsafe()
    users.create(
        email=email, name="Bench", password=password, email_verified=True, role=Role.PREMIUM_USER
    )
    client = SiteClient(site)
    client.sign_in(email, password)
    job_id = client.submit(vcf).job_id
    view = client.wait(job_id, seconds=JOB_SECONDS, on_progress=lambda *_: None)
    if view.job_status != "COMPLETED":
        raise LocalError(f"The job failed: {view.error}")
    return _User(client, job_id)


def _requests(reader: _User, site: str, readers: int) -> list[Request]:
    """The export's address in S3, as each reader's browser is led to it, and the VCF's."""
    export = f"{reader.page}/effects.tsv"
    reader.client.export(export)
    session = {"Cookie": reader.client.cookie_header}
    vcf = Request(
        f"{site}{reader.page}/genome/variants.vcf.gz",
        {**session, "Range": "bytes=0-8388607"},
    )
    led = httpx.Client(base_url=site, headers=session, timeout=REQUEST_SECONDS)
    with led:
        return [
            vcf if number % OTHER_PAGES == 0 else Request(led.get(export).headers["Location"])
            for number in range(readers)
        ]


def _pages(user: _User, site: str) -> tuple[PageTimes, ...]:
    """Ask for pages on a connection each time new, as many visitors do."""
    session = {"Cookie": user.client.cookie_header}
    wanted = {"/": "/", "/health": "/health", "a job's page": user.page}
    each_new = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(
        base_url=site, headers=session, timeout=REQUEST_SECONDS, limits=each_new
    ) as client:
        return tuple(
            PageTimes(what=what, milliseconds=_times(client, path)) for what, path in wanted.items()
        )


def _times(client: httpx.Client, path: str) -> tuple[float, ...]:
    took = []
    for number in range(WARM_REQUESTS + REQUESTS):
        began = time.perf_counter()
        try:
            client.get(path).raise_for_status()
        except httpx.TransportError:
            if time.perf_counter() - began < REQUEST_SECONDS:
                raise
        if number >= WARM_REQUESTS:
            took.append((time.perf_counter() - began) * 1000)
    return tuple(took)


def rows(site: SiteTimes) -> list[Row]:
    """The lines of the table."""
    alone = {page.what: page.p95 for page in site.alone}
    return [
        *(
            Row(
                f"{page.what}, beside {site.readers} slow readers",
                f"p95 {page.p95:.0f} ms (alone {alone[page.what]:.0f})",
                f"p95 under {MAX_P95_MILLISECONDS:.0f} ms",
                page.p95 < MAX_P95_MILLISECONDS,
            )
            for page in site.beside
        ),
        Row(
            "another user's export meanwhile",
            f"{site.export_seconds:.1f} s",
            f"under {MAX_EXPORT_SECONDS:.0f} s",
            site.export_seconds < MAX_EXPORT_SECONDS,
        ),
    ]
