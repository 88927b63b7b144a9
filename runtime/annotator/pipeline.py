"""From an upload to its results: check, engine, merge, and what is derived from the merge."""

import gc
import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from runtime.annotator import report, tags
from runtime.annotator.bcftools import Bcftools
from runtime.annotator.bundle import Bundle
from runtime.annotator.check import Findings, check
from runtime.annotator.derive import derive
from runtime.annotator.engine import BcftoolsEngine, Engine, EngineReport
from runtime.annotator.errors import JobFailed
from runtime.annotator.limits import Deadline, Limits
from runtime.annotator.merge import merge
from runtime.annotator.provenance import (
    BundleFacts,
    EngineFacts,
    InputFacts,
    ProblemFacts,
    Provenance,
)
from runtime.annotator.stages import Stages
from runtime.common.keys import ResultNames, check_file_name

SERVICE = "GAS annotator 1"
MOST_WARNINGS = 20

DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class Outcome:
    """The results of a job.

    Attributes:
        files: the files written, by their name; the index is missing where there is none.
        summary: the content of the summary.
        durations: seconds by stage: check, engine, merge, parquet, index, report.
        engine_peak_bytes: the most memory that the engine's process held.
    """

    files: Mapping[str, Path]
    summary: Mapping[str, Any]
    durations: Mapping[str, float]
    engine_peak_bytes: int


def annotate_file(
    source: Path,
    file_name: str,
    bundle: Bundle,
    out_dir: Path,
    *,
    limits: Limits = DEFAULT_LIMITS,
    progress: Callable[[int], None] = lambda _percent: None,
    engine: Engine | None = None,
) -> Outcome:
    """Annotate an upload and write its results into `out_dir`, which appear there all at once.

    Args:
        source: the upload, under any name.
        file_name: the name that the user gave it: the results are named after it.
        bundle: the reference.
        out_dir: a folder, which exists.
        limits: bounds of the job.
        progress: called often with the percentage done; may raise to end the job.
        engine: the engine; bcftools in a process of its own for this job, if None.

    Raises:
        JobFailed: with a sentence for the owner; the log is in `out_dir` and says so too.
        ValueError: no input may have that file name.
    """
    if engine is None:
        with Bcftools() as bcftools:
            return annotate_file(
                source,
                file_name,
                bundle,
                out_dir,
                limits=limits,
                progress=progress,
                engine=BcftoolsEngine(bcftools),
            )
    with tempfile.TemporaryDirectory(dir=out_dir, prefix=".work-") as work, _collecting_seldom():
        deadline = Deadline(limits.seconds)
        job = _Job(
            source=source,
            file_name=file_name,
            bundle=bundle,
            work=Path(work),
            limits=limits,
            deadline=deadline,
            stages=Stages(progress, deadline),
            engine=engine,
        )
        return job.run(out_dir)


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Let the collector of cyclic garbage run seldom: it takes a third of the time otherwise.

    What is made here, much of it and soon dropped, is freed without it.
    """
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@dataclass
class _Job:
    source: Path
    file_name: str
    bundle: Bundle
    work: Path
    limits: Limits
    deadline: Deadline
    stages: Stages
    engine: Engine

    def run(self, out_dir: Path) -> Outcome:
        names = ResultNames.of(check_file_name(self.file_name))
        results = self.work / "results"
        results.mkdir()
        done: list[str] = []
        try:
            findings = self._check()
            done.append(
                f"{findings.records:,} records read, {findings.sites:,} alleles to annotate"
            )
            engine_report = self._annotate(findings)
            done.append(f"annotated with {engine_report.version}")
            self._merge(findings, engine_report, results / names.vcf)
            done.append("records and annotations put together")
            summary = derive(
                results / names.vcf,
                names,
                self.bundle,
                engine=self.engine,
                limits=self.limits,
                deadline=self.deadline,
                stages=self.stages,
            )
        except JobFailed as failure:
            text = report.log_of_failure(self.file_name, failure, done, self.stages.durations)
            report.write_log(out_dir / names.log, text)
            raise
        files = {path.name: out_dir / path.name for path in sorted(results.iterdir())}
        for name, path in files.items():
            (results / name).replace(path)
        return Outcome(files, summary, self.stages.durations, engine_report.peak_bytes)

    def _check(self) -> Findings:
        with self.stages.stage("check") as tick:
            return check(
                self.source, self.work / "sites.vcf", self.bundle, limits=self.limits, tick=tick
            )

    def _annotate(self, findings: Findings) -> EngineReport:
        with self.stages.stage("engine") as tick:
            return self.engine.annotate(
                self.work / "sites.vcf",
                self.bundle,
                self.work / "annotated.vcf",
                in_order=findings.sites_sorted,
                limits=self.limits,
                deadline=self.deadline,
                tick=tick,
            )

    def _merge(self, findings: Findings, engine_report: EngineReport, out: Path) -> None:
        with self.stages.stage("merge") as tick:
            merge(
                self.source,
                self.work / "annotated.vcf",
                out,
                findings=findings,
                provenance=self._provenance(findings, engine_report),
                bundle=self.bundle,
                limits=self.limits,
                tick=tick,
            )

    def _provenance(self, findings: Findings, engine_report: EngineReport) -> Provenance:
        manifest = self.bundle.manifest
        with self.source.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Provenance(
            service=SERVICE,
            input=InputFacts(
                file_name=self.file_name,
                sha256=digest,
                size=self.source.stat().st_size,
                compression=findings.compression,
                vcf_version=findings.header.version,
                crlf=findings.crlf,
                byte_order_mark=findings.bom,
                header_lines=findings.header.line_count,
                records=findings.records,
                on_known_contigs=findings.on_known_contigs,
                contradicting=findings.contradicting,
                blank_lines=findings.blank_lines,
            ),
            bundle=BundleFacts(
                name=manifest.name, version=manifest.version, assembly=manifest.assembly
            ),
            engine=EngineFacts(
                version=engine_report.version,
                options=manifest.engine.csq_options,
                warnings=engine_report.warnings[:MOST_WARNINGS],
            ),
            tags=tags.choose(findings.tags_in_use, self.bundle),
            problems=[ProblemFacts(**asdict(problem)) for problem in findings.problems],
        )
