"""Exports as their readers get them: made once, by whom it may be, and found again."""

import signal
import threading
import time
from dataclasses import replace

import httpx
import pytest

from runtime.common import aws
from runtime.common.job import Job
from runtime.web.context import EXTENSION
from runtime.web.services.exports.export_leases import (
    GIVEN_UP,
    LEASE_SECONDS,
    MAX_ATTEMPTS,
    ExportLeases,
)
from runtime.web.services.exports.export_queue import DIED, ExportQueue, QueueLimits
from runtime.web.services.exports.export_request import ExportForm, ExportRequest
from runtime.web.services.exports.export_service import Failed, Ready, Underway
from runtime.web.services.exports.maker_process import ExportFailed, MakerProcess
from tests.emulator import Emulator
from tests.unit.clock import Clock
from tests.unit.web.site import Browser, Site, environment_of
from tests.unit.web.variants.conftest import RECORDS, vcf_of
from tests.unit.web.variants.results import AS_JSON, annotated, export_address, exported

AHEAD_SECONDS = 600


def request_of(job: Job, form: ExportForm = ExportForm.EFFECTS_TSV, **args: str) -> ExportRequest:
    return ExportRequest(job=job, form=form, args=tuple(args.items()))


@pytest.fixture
def leases(site: Site, emulator: Emulator) -> ExportLeases:
    """Those of another process, whose clock is ahead: its leases last longer than any test."""
    with environment_of(emulator):
        table = aws.table(site.config.ephemeral_table)
    return ExportLeases(table, clock=lambda: time.time() + AHEAD_SECONDS)


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("variants.tsv", "text/tab-separated-values; charset=utf-8"),
        ("variants.vcf.gz", "application/gzip"),
        ("variants.parquet", "application/vnd.apache.parquet"),
    ],
)
def test_should_lead_to_one_file_in_s3_however_often_it_is_asked_for(
    site: Site, browser: Browser, job: Job, path: str, media_type: str
) -> None:
    first = exported(browser, f"/jobs/{job.job_id}/{path}")
    assert first.headers["Content-Type"] == media_type
    assert "X-Amz-Expires=300" in str(first.url)
    again = browser.get(f"/jobs/{job.job_id}/{path}")
    assert again.status_code == 302
    assert again.location.partition("?")[0] == str(first.url).partition("?")[0]
    assert httpx.get(again.location).headers["Last-Modified"] == first.headers["Last-Modified"]
    folder = f"exports/{job.user_id}/{job.job_id}/"
    assert f"/{site.config.results_bucket}/{folder}" in str(first.url)


def test_should_be_another_file_when_anything_differs_that_decides_its_bytes(job: Job) -> None:
    requests = [request_of(job, form) for form in ExportForm]
    requests += [request_of(job, gene="MT-ND4"), request_of(job, gene="MT-ND5")]
    requests += [
        ExportRequest(job=job, form=ExportForm.EFFECTS_TSV, raw=True),
        request_of(job.model_copy(update={"result_epoch": 1})),
        request_of(job.model_copy(update={"job_id": "other"})),
        request_of(job.model_copy(update={"user_id": "other"})),
    ]
    assert len({request.key for request in requests}) == len(requests)


def test_should_show_how_far_it_is_while_another_process_makes_it(
    browser: Browser, job: Job, leases: ExportLeases
) -> None:
    request, path = request_of(job, gene="MT-CO1"), f"/jobs/{job.job_id}/effects.tsv?gene=MT-CO1"
    assert leases.claim(request.digest)
    waiting = browser.get(path)
    assert (waiting.status_code, "in the queue" in waiting.text) == (202, True)
    assert '<noscript><meta http-equiv="refresh"' in waiting.text
    assert f'href="/jobs/{job.job_id}/variants?gene=MT-CO1">Back to' in waiting.text
    leases.renew(request.digest, making=True, percent=42)
    making = browser.get(path)
    assert 'value="42"' in making.text
    asked = browser.client.get(path, headers=AS_JSON)
    assert (asked.status_code, asked.get_json()) == (202, {"making": True, "percent": 42})
    assert int(asked.headers["Retry-After"]) > 0


def test_should_be_made_by_another_process_when_its_maker_has_died(
    site: Site, job: Job, leases: ExportLeases
) -> None:
    request = request_of(job, gene="MT-CO2")
    assert leases.claim(request.digest)
    assert site.services.exports.find(request) == Underway(making=False, percent=None)

    clock = Clock()
    clock.advance(time.time() + AHEAD_SECONDS + LEASE_SECONDS - clock() + 1)
    later = replace(site.services.exports.leases, clock=clock)
    queue = ExportQueue(later, site.services.exports.queue._new_maker)
    service = replace(site.services.exports, leases=later, queue=queue)
    deadline = time.monotonic() + 60
    while not isinstance(found := service.find(request), Ready):
        assert isinstance(found, Underway)
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert httpx.get(found.url).status_code == 200


def test_should_give_up_when_makers_die_at_it_again_and_again(
    site: Site, job: Job, leases: ExportLeases
) -> None:
    request, clock = request_of(job, gene="MT-CO3"), Clock()
    clock.advance(time.time() - MAX_ATTEMPTS * (LEASE_SECONDS + 1) - clock())
    dying = replace(leases, clock=clock)
    for _ in range(MAX_ATTEMPTS):
        assert dying.claim(request.digest)
        clock.advance(LEASE_SECONDS + 1)
    assert site.services.exports.find(request) == Failed(GIVEN_UP)


def test_should_say_that_it_was_interrupted_and_work_again_when_its_process_is_killed(
    own_site: Site, result_of_own_site: tuple[Browser, Job]
) -> None:
    browser, job = result_of_own_site
    service, made = own_site.services.exports, list[MakerProcess]()

    def the_only_maker() -> MakerProcess:
        made.append(MakerProcess(service.queue._new_maker().environment))
        return made[0]

    queue = ExportQueue(service.leases, the_only_maker, QueueLimits(makers=1))
    services = replace(own_site.services, exports=replace(service, queue=queue))
    own_site.app.extensions[EXTENSION] = services
    exported(browser, f"/jobs/{job.job_id}/variants.tsv")
    process = made[0]._process
    assert process
    process.send_signal(signal.SIGSTOP)
    path = f"/jobs/{job.job_id}/effects.tsv"
    assert browser.get(path).status_code == 202
    process.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while (answer := browser.get(path)).status_code == 202:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert (answer.status_code, DIED in answer.text) == (503, True)
    assert exported(browser, f"/jobs/{job.job_id}/variants.parquet").content[:4] == b"PAR1"


def test_should_leave_nothing_when_the_job_is_deleted_before_it_is_finished(
    own_site: Site, result_of_own_site: tuple[Browser, Job], emulator: Emulator
) -> None:
    """The maker looks at the job once more before it sends the last bytes."""
    _browser, job = result_of_own_site
    own_site.services.job_changes.removal.jobs.remove(job.job_id, job.user_id)
    maker = MakerProcess.of(own_site.config)
    maker.environment |= emulator.environment
    with pytest.raises(ExportFailed, match="deleted"):
        maker.make(request_of(job), lambda _percent: None)
    maker.end()
    listed = own_site.s3.list_objects_v2(Bucket=own_site.config.results_bucket, Prefix="exports/")
    assert listed["KeyCount"] == 0


class Held:
    """Makers that make nothing until they are let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.go_on = threading.Event()

    def make(self, request: ExportRequest, _on_percent: object) -> None:
        self.begun.append(request.job.user_id)
        assert self.go_on.wait(300)

    def end(self) -> None:
        """End, as idle makers do after minutes: the suite may still run then."""


def test_should_let_one_user_hold_one_maker_and_few_places(
    own_site: Site, result_of_own_site: tuple[Browser, Job]
) -> None:
    browser, job = result_of_own_site
    held, service = Held(), own_site.services.exports
    # `held` stands for a maker that never ends, which no real one can be made to be.
    queue = ExportQueue(service.leases, lambda: held, QueueLimits(of_user=3, total=4))  # type: ignore[arg-type, return-value]
    services = replace(own_site.services, exports=replace(service, queue=queue))
    own_site.app.extensions[EXTENSION] = services
    path = f"/jobs/{job.job_id}/variants.tsv?gene="
    for gene in ("A", "B", "C"):
        assert browser.get(path + gene).status_code == 202
    refused = browser.get(path + "D")
    assert (refused.status_code, "when one of them is done" in refused.text) == (429, True)

    other = own_site.user("Eve")
    theirs = annotated(own_site, other, vcf_of(RECORDS))
    eve = own_site.browser(other)
    assert eve.get(f"/jobs/{theirs.job_id}/variants.tsv").status_code == 202
    deadline = time.monotonic() + 60
    while len(held.begun) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert sorted(held.begun) == sorted([job.user_id, other.user_id])
    full = eve.get(f"/jobs/{theirs.job_id}/effects.tsv")
    assert (full.status_code, "in a minute" in full.text) == (429, True)
    assert browser.get(f"/jobs/{job.job_id}/variants").status_code == 200
    held.go_on.set()


def test_should_refuse_others_the_file_and_its_progress(
    site: Site, browser: Browser, job: Job
) -> None:
    path = f"/jobs/{job.job_id}/variants.tsv"
    export_address(browser, path)
    assert site.browser(site.user("Eve")).get(path).status_code == 404


def test_should_make_no_more_when_the_user_had_many_made_within_an_hour(
    own_site: Site, result_of_own_site: tuple[Browser, Job]
) -> None:
    browser, job = result_of_own_site
    limit = replace(own_site.services.exports.per_hour, attempts=1)
    services = replace(
        own_site.services, exports=replace(own_site.services.exports, per_hour=limit)
    )
    own_site.app.extensions[EXTENSION] = services
    exported(browser, f"/jobs/{job.job_id}/variants.tsv")
    refused = browser.get(f"/jobs/{job.job_id}/effects.tsv")
    assert (refused.status_code, "within an hour" in refused.text) == (429, True)
    assert browser.get(f"/jobs/{job.job_id}/variants.tsv").status_code == 302
