"""Annotates the batches of an upload: engines, then the rows into VCF, Parquet and counts."""

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import polars as pl

from runtime.annotator.additions import additions
from runtime.annotator.batches import Batch
from runtime.annotator.bundle import Bundle
from runtime.annotator.check import Findings
from runtime.annotator.engine import Run
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.engine_process import EngineClock
from runtime.annotator.engines import effects_of
from runtime.annotator.genotype_table import GenotypeWriter
from runtime.annotator.limits import Deadline, Limits
from runtime.annotator.merge import Merger
from runtime.annotator.parquet import VariantsWriter
from runtime.annotator.rows import rows_of
from runtime.annotator.sample_counts import SampleCounts
from runtime.annotator.tags import Tags
from runtime.annotator.tally import Counting, Tally
from runtime.annotator.tracks import track_fields
from runtime.annotator.transcript_table import NO_TRANSCRIPT

POLL_SECONDS = 0.1
SITES_PER_SECOND = 10_000
"""What the engines take in, roughly; for the estimate of progress only."""


class _GivenUp(Exception):
    """The job has ended while an engine ran."""


@dataclass(frozen=True)
class _Answer:
    """A batch, and what engines and tracks say of its sites."""

    batch: Batch
    effects: pl.DataFrame
    tracks: pl.DataFrame


@dataclass
class Annotation:
    """The annotation of one upload.

    While the rows of a batch are written, the engines work on the next one.

    Attributes:
        tally: counts, once it has run.
        samples: counts of each sample, where a table of genotypes was made.
        warnings: of the engines.
        peak_bytes: the most memory that an engine held.
    """

    source: Path
    findings: Findings
    tags: Tags
    provenance: Mapping[str, Any]
    bundle: Bundle
    process: EnginePool
    work: Path
    limits: Limits
    deadline: Deadline
    tally: Tally = field(default_factory=Tally)
    samples: Mapping[str, SampleCounts] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    peak_bytes: int = 0

    def run(
        self,
        vcf: Path,
        parquet: Path,
        genotypes: Path,
        report_progress: Callable[[float], None],
    ) -> None:
        """Write the files; that of the genotypes where `samples` has any.

        Raises:
            EngineFailed: an engine failed, or left sites out.
            TimeLimitReached: it took too long.
        """
        with ThreadPoolExecutor(self.process.size, thread_name_prefix="engines") as threads:
            self._run(vcf, parquet, genotypes, threads, report_progress)

    def _run(
        self,
        vcf: Path,
        parquet: Path,
        genotypes: Path,
        threads: Executor,
        report_progress: Callable[[float], None],
    ) -> None:
        stop = Event()
        run = self._engine_run(threads, stop)
        counting = Counting(self.bundle)
        metadata = {"gas_annotation": json.dumps(self.provenance)}
        with (
            ThreadPoolExecutor(1, thread_name_prefix="batches") as pool,
            self._merger(vcf) as merger,
            VariantsWriter(parquet, self.bundle, metadata) as table,
            self._genotype_writer(genotypes) as of_samples,
        ):
            try:
                for answer in self._answers(pool, run, report_progress):
                    self._write(answer, merger, table, of_samples, counting)
            except BaseException:
                stop.set()
                raise
            merger.finish()
        self.tally = counting.tally
        if of_samples:
            self.samples = of_samples.finish()
        self.warnings, self.peak_bytes = run.warnings, run.peak_bytes

    def _answers(
        self, pool: ThreadPoolExecutor, run: Run, report_progress: Callable[[float], None]
    ) -> Iterator[_Answer]:
        """Yield the answers in turn, each while the next is worked on."""
        folders = self.findings.batches
        expected = self.findings.sites / len(folders) / SITES_PER_SECOND
        ahead = pool.submit(self._answer, folders[0], run)
        for number in range(len(folders)):
            clock = EngineClock(expected)

            def report_share(number: int = number, clock: EngineClock = clock) -> None:
                report_progress((number + clock.share) / len(folders))

            answer = _wait(ahead, report_share)
            if number + 1 < len(folders):
                ahead = pool.submit(self._answer, folders[number + 1], run)
            yield answer

    def _engine_run(self, threads: Executor, stop: Event) -> Run:
        folder = self.work / "engines"
        folder.mkdir()

        def check() -> None:
            if stop.is_set():
                raise _GivenUp

        return Run(self.process, folder, threads, self.limits, self.deadline, check)

    def _merger(self, vcf: Path) -> Merger:
        return Merger(
            self.source,
            vcf,
            findings=self.findings,
            tags=self.tags,
            provenance=self.provenance,
            bundle=self.bundle,
            limits=self.limits,
            report_progress=lambda _share: None,
        )

    def _genotype_writer(self, path: Path) -> AbstractContextManager[GenotypeWriter | None]:
        samples = self.findings.samples
        if samples.why_no_genotypes(self.limits):
            return nullcontext()
        return GenotypeWriter(path, samples.names)

    def _answer(self, folder: Path, run: Run) -> _Answer:
        batch = Batch.read(folder)
        return _Answer(
            batch,
            effects_of(batch.sites, self.bundle, run),
            track_fields(batch.sites, self.bundle, run.check),
        )

    def _write(
        self,
        answer: _Answer,
        merger: Merger,
        table: VariantsWriter,
        of_samples: GenotypeWriter | None,
        counting: Counting,
    ) -> None:
        texts = self.bundle.transcripts.select(*NO_TRANSCRIPT)
        for rows in rows_of(answer.batch, answer.effects, answer.tracks, self.bundle):
            added = additions(rows, self.tags, self.bundle, texts)
            columns = merger.add(rows.part.groups.to_list(), added)
            counting.add(rows)
            table.add(rows, columns)
            if of_samples:
                of_samples.add(rows, columns.samples)
        counting.add_batch(answer.batch, answer.effects, answer.tracks)


def _wait(future: "Future[_Answer]", report_share: Callable[[], None]) -> _Answer:
    """Wait for an answer, and tell progress meanwhile."""
    while True:
        try:
            return future.result(timeout=POLL_SECONDS)
        except TimeoutError:
            if future.done():
                raise
            report_share()
