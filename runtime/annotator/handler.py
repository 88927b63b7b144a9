"""One job request: claim the job, annotate its file, store the results, say that it has ended.

It may be cut off anywhere and begin again: results are written under names that the job decides,
the job's end is one conditional write after all of them, and what follows the end (the message)
is done again by whoever finds the job ended.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runtime.annotator.bundle import Bundle
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.errors import JobFailed
from runtime.annotator.limits import Limits
from runtime.annotator.pipeline import annotate_file
from runtime.annotator.progress import CancelRequested, JobProgress, Stopping
from runtime.annotator.transfer import Transfer
from runtime.common import job_metrics, tracing
from runtime.common.delivery import Delivery, HandBack
from runtime.common.job import Job
from runtime.common.jobs import (
    Attempts,
    Claim,
    ClaimRefused,
    JobMissing,
    LeaseLost,
)
from runtime.common.keys import ResultNames, safe_name
from runtime.common.log import bound, get_logger
from runtime.common.messages import JobRequest, JobResult
from runtime.common.references import not_offered
from runtime.common.topics import Topic
from runtime.contract.job_status import FailureKind, JobStatus
from runtime.contract.sqs import VISIBILITY_SECONDS

LEASE_SECONDS = VISIBILITY_SECONDS - 5
"""The lease is taken, and renewed, just after the message's visibility. It ends first, so that the
message of a process that died finds its job free when it comes again: a refusal would be one of the
three receives before the dead-letter queue."""

log = get_logger(__name__)


@dataclass(frozen=True)
class AnnotateHandler:
    """Does what a JobRequest asks. `bundles` are the offered references by their names."""

    jobs: Attempts
    transfer: Transfer
    results: Topic
    results_bucket: str
    bundles: Mapping[str, Bundle]
    process: EnginePool
    limits: Limits

    def __call__(self, message: JobRequest, delivery: Delivery) -> None:
        """Annotate the job's file; the job ends COMPLETED or FAILED.

        Raises:
            HandBack: another attempt holds the job, or this process is to end.
        """
        with bound(job_id=message.job_id):
            try:
                claim = self.jobs.claim(message.job_id, lease_seconds=LEASE_SECONDS)
            except JobMissing:
                log.warning("there is no such job, or its owner has removed it")
            except ClaimRefused as refusal:
                if refusal.retry_after is not None:
                    raise HandBack(refusal.retry_after, "another attempt holds the job") from None
                # Ended before: its end may not have been announced.
                self._announce(refusal.job)
            else:
                self._work(claim, delivery)

    def _work(self, claim: Claim, delivery: Delivery) -> None:
        job_metrics.job_changed(JobStatus.RUNNING)
        log.info("annotating", attempt=claim.attempt, file=claim.job.input_file_name)
        delivery.on_heartbeat(lambda: self.jobs.renew(claim, lease_seconds=LEASE_SECONDS))
        try:
            job = self._annotate_unless_cancelled(claim, delivery)
        except Stopping:
            self._release(claim, interrupted=True)
            raise HandBack(0, "the process is to end") from None
        except LeaseLost:
            self.jobs.release_removed(claim)
            raise HandBack(LEASE_SECONDS, "another attempt owns the job, or it's gone") from None
        except Exception:
            # The message comes again soon: the next attempt needn't wait for this one's lease.
            self._release(claim, interrupted=False)
            raise
        log.info("ended", job_status=job.job_status, error=job.error)
        self._announce(job)

    def _annotate_unless_cancelled(self, claim: Claim, delivery: Delivery) -> Job:
        """End the job, as CANCELLED too when its owner wished so before or wishes so meanwhile."""
        try:
            if claim.exhausted:
                return self._give_up(claim)
            if not claim.job.cancel_requested:
                with tempfile.TemporaryDirectory(prefix="gas-job-") as folder:
                    return self._annotate(claim, delivery, Path(folder))
        except CancelRequested:
            log.info("stopped: the owner wants the job ended")
        cancelled = self.jobs.end_cancelled(claim)
        job_metrics.job_failed(FailureKind.CANCELLED)
        return cancelled

    def _annotate(self, claim: Claim, delivery: Delivery, folder: Path) -> Job:
        job = claim.job
        progress = JobProgress(self.jobs, claim, delivery)
        source, out = folder / "input", folder / "results"
        out.mkdir()
        keys = job.result_keys
        names = ResultNames.of(safe_name(job.input_file_name))
        try:
            bundle = self._bundle_of(job)
            with tracing.span("download"):
                self.transfer.fetch(job, source, progress.watch)
            outcome = annotate_file(
                source,
                job.input_file_name,
                bundle,
                out,
                names=names,
                limits=self.limits,
                progress=progress,
                process=self.process,
                offered=tuple(self.bundles.values()),
            )
        except JobFailed as failure:
            return self._fail(claim, failure, out / names.log)
        by_key = {
            key: outcome.files[name]
            for name, key in zip(vars(names).values(), vars(keys).values(), strict=True)
            if name in outcome.files
        }
        with tracing.span("upload"):
            self.transfer.store(by_key, self.results_bucket, progress.check)
        log.info("annotated", durations=dict(outcome.durations))
        completed = self.jobs.complete(
            claim,
            reference_version=bundle.manifest.version,
            variants=outcome.summary["alleles"]["total"],
        )
        job_metrics.job_completed(completed)
        return completed

    def _bundle_of(self, job: Job) -> Bundle:
        bundle = self.bundles.get(job.reference)
        if bundle is None:
            raise JobFailed(not_offered(job.reference, self.bundles))
        return bundle

    def _fail(self, claim: Claim, failure: JobFailed, log_file: Path) -> Job:
        log.warning("failed", error=str(failure), detail=failure.detail)
        has_log = log_file.exists()
        if has_log:
            log_key = claim.job.result_keys.log
            self.transfer.store({log_key: log_file}, self.results_bucket, lambda: None)
        failed = self.jobs.fail(claim, str(failure), kind=failure.kind, has_log=has_log)
        job_metrics.job_failed(failure.kind)
        return failed

    def _give_up(self, claim: Claim) -> Job:
        log.error("job given up", attempts=claim.job.attempts_used - 1)
        failed = self.jobs.give_up(claim)
        job_metrics.job_failed(FailureKind.GIVEN_UP)
        return failed

    def _release(self, claim: Claim, *, interrupted: bool) -> None:
        try:
            self.jobs.release(claim, interrupted=interrupted)
        except LeaseLost:
            log.info("nothing to release: another attempt owns the job, or it's gone")
            self.jobs.release_removed(claim)

    def _announce(self, job: Job) -> None:
        self.results.publish(JobResult.of(job))
