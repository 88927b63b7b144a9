"""`./gas bench explorer`: time and memory of a large result's pages and files."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from rich.console import Console

from bench.alleles import write_spread
from bench.annotators import annotator_with
from bench.bundles import dense_bundle
from bench.plans_processes import running
from bench.report import Machine, Result, Row, Series, now, publish, series
from loadtest.roles import change_role
from local.deployed_platform import DeployedPlatform
from local.errors import LocalError
from local.progress import Steps
from local.site_client import SiteClient
from local.temporary import temporary_platform
from runtime.common.users import Role, UserStore
from runtime.contract.environment import variable_name
from runtime.vcf.fasta import Fasta

JOB_SECONDS = 600.0
MAX_FIRST_SECONDS = 1.0
MAX_BYTES = 300 * 2**20

PAGES = {
    "the page again": "",
    "last page": "?before=end",
    "a page in the middle": "?after=500000-1",
    "a gene": "?gene=GENE50",
    "genes by prefix": "?gene=GENE5*",
    "a contig": "?contig=1",
    "free text": "?q=leu",
    "a region": "?region=1:500000-501000",
    "sorted by frequency": "?sort=-frequency",
    "sorted by impact": "?sort=impact",
    "sorted by HGVS name": "?sort=hgvs",
    "sorted by position": "?sort=position",
    "one variant": "?variant=500000-1",
}
FILES = ("tsv", "parquet", "vcf.gz")
"""Of all variants."""


class ExplorerResult(Result):
    """All figures. Times in seconds, memory in bytes of all processes of one web instance.

    Attributes:
        first_seconds: the first page of a result that the instance has no copy of yet.
        before_bytes, held_bytes, after_bytes: before any result was opened, after the first pages,
            and at the end.
    """

    records: int
    first_seconds: Series
    page_seconds: dict[str, Series]
    file_seconds: dict[str, Series]
    before_bytes: int
    held_bytes: int
    after_bytes: int


@dataclass(frozen=True)
class _Site:
    """A session with one web instance, whose processes are known."""

    client: SiteClient
    processes: list[psutil.Process]

    def seconds(self, path: str) -> float:
        """How long a complete answer takes."""
        began = time.perf_counter()
        self.client.fetch(path)
        return time.perf_counter() - began

    def export_seconds(self, path: str) -> float:
        """How long it takes until a file that wasn't made before is here."""
        began = time.perf_counter()
        self.client.export(path)
        return time.perf_counter() - began

    def held_bytes(self) -> int:
        """Memory of all processes; shared pages count once."""
        return sum(process.memory_full_info().pss for process in self.processes)


def bench_explorer(*, records: int, runs: int, out: Path, console: Console) -> None:
    """Measure, print the table and write the figures to `out` as JSON.

    Raises:
        LocalError: something failed.
    """
    with Steps(console) as steps, tempfile.TemporaryDirectory(prefix="gas-bench-") as name:
        bundle, vcf = dense_bundle(steps), Path(name, "bench.vcf")
        with steps.step("Write the input"):
            write_spread(Fasta(bundle / "genome.fa"), records, vcf)
        with temporary_platform(steps) as platform, annotator_with(platform, bundle, steps):
            result = _measure(platform, vcf, records=records, runs=runs, steps=steps)
    title = f"A result of {records:,} records"
    publish(result, rows(result), title=title, out=out, console=console)


def _measure(
    platform: DeployedPlatform, vcf: Path, *, records: int, runs: int, steps: Steps
) -> ExplorerResult:
    site = _site(platform)
    with steps.step("Annotate the input, once for each first page"):
        jobs = [_annotated(site.client, vcf) for _ in range(runs)]
    with steps.step("First pages") as step:
        before = site.held_bytes()
        first = series([site.seconds(f"/jobs/{job}/variants") for job in jobs])
        held = site.held_bytes()
        step.detail = f"{max(first.values):.2f} s at the most, {held / 2**20:.0f} MiB"
    base = f"/jobs/{jobs[0]}/variants"
    pages = {what: _page(site, what, base + query, runs, steps) for what, query in PAGES.items()}
    files = {form: _file(site, form, f"{base}.{form}", steps) for form in FILES}
    return ExplorerResult(
        measured_at=now(),
        machine=Machine.this(),
        records=records,
        first_seconds=first,
        page_seconds=pages,
        file_seconds=files,
        before_bytes=before,
        held_bytes=held,
        after_bytes=site.held_bytes(),
    )


def _page(site: _Site, what: str, path: str, runs: int, steps: Steps) -> Series:
    with steps.step(what) as step:
        took = series([site.seconds(path) for _ in range(runs)])
        step.detail = f"{took.median:.3f} s"
    return took


def _file(site: _Site, form: str, path: str, steps: Steps) -> Series:
    with steps.step(f"All as {form}") as step:
        took = series([site.export_seconds(path)])
        step.detail = f"{took.median:.1f} s"
    return took


def _site(platform: DeployedPlatform) -> _Site:
    """Sign the demo user in at one instance, past the load balancer."""
    users = platform.account.dynamodb().Table(platform.outputs.users_table)
    user = UserStore(users).authenticate(platform.demo.email, platform.demo.password)
    if user is None:
        raise LocalError("The demo user can't sign in.")
    change_role(users, user.user_id, Role.PREMIUM_USER)  # Free doesn't allow such a large input
    web = running(platform, "web", "web").process
    client = SiteClient(f"http://127.0.0.1:{web.environ()[variable_name('http_port')]}")
    client.sign_in(platform.demo.email, platform.demo.password)
    return _Site(client, [web, *web.children(recursive=True)])


def _annotated(client: SiteClient, vcf: Path) -> str:
    job = client.submit(vcf)
    view = client.wait(job.job_id, seconds=JOB_SECONDS, on_progress=lambda *_: None)
    if view.job_status != "COMPLETED":
        raise LocalError(f"The job failed: {view.error}")
    return job.job_id


def rows(result: ExplorerResult) -> list[Row]:
    """The lines of the table."""
    first, held = max(result.first_seconds.values), result.held_bytes
    pages = [Row(what, f"{each.median:.3f} s") for what, each in result.page_seconds.items()]
    files = [Row(f"all as {form}", f"{s.median:.1f} s") for form, s in result.file_seconds.items()]
    return [
        Row(
            f"first page of {result.records:,} records, slowest",
            f"{first:.2f} s",
            f"under {MAX_FIRST_SECONDS:.0f} s",
            first < MAX_FIRST_SECONDS,
        ),
        *pages,
        *files,
        Row("web instance before", f"{result.before_bytes / 2**20:.0f} MiB"),
        Row(
            "web instance after the first pages",
            f"{held / 2**20:.0f} MiB",
            f"under {MAX_BYTES / 2**20:.0f} MiB",
            held < MAX_BYTES,
        ),
        Row("web instance after all that", f"{result.after_bytes / 2**20:.0f} MiB"),
    ]
