"""From an upload to its results: check, then engines and merge batch by batch, index, report."""

import dataclasses
import hashlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runtime.annotator import report, summary, tags
from runtime.annotator.annotation import Annotation
from runtime.annotator.bundle import Bundle
from runtime.annotator.check import Findings, check
from runtime.annotator.commands import Upload, shell_lines
from runtime.annotator.engine_pool import EnginePool
from runtime.annotator.engine_process import Command, EngineClock
from runtime.annotator.engines import ENGINES
from runtime.annotator.errors import EngineFailed, JobFailed
from runtime.annotator.limits import Deadline, Limits
from runtime.annotator.sample_counts import sample_facts
from runtime.annotator.stages import Stages
from runtime.annotator.track_facts import track_facts, track_release
from runtime.common.counted import counted
from runtime.common.keys import ResultNames, check_file_name

SERVICE = "GAS annotator 2"
MOST_WARNINGS = 20
INDEXED_BYTES_PER_SECOND = 20_000_000
"""What the indexer takes in, roughly; for the estimate of progress only."""

DEFAULT_LIMITS = Limits()

NOT_IN_ORDER = (
    "the records are not sorted by position, and their order was kept (sort the file with "
    "`bcftools sort` to get an index)"
)


@dataclass(frozen=True)
class Outcome:
    """The results of a job.

    Attributes:
        files: the files written, by their name; the index is missing where there is none.
        summary: the content of the summary.
        durations: seconds by stage: check, annotate, index, report.
        engine_peak_bytes: the most memory that an engine's process held.
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
    names: ResultNames | None = None,
    limits: Limits = DEFAULT_LIMITS,
    progress: Callable[[int], None] = lambda _percent: None,
    process: EnginePool | None = None,
    offered: Sequence[Bundle] = (),
) -> Outcome:
    """Annotate an upload and write its results into `out_dir`, which appear there all at once.

    Args:
        source: the upload, under any name.
        file_name: the name that the user gave it: the results tell it.
        bundle: the reference.
        out_dir: a folder, which exists.
        names: of the files of the result; after `file_name`, if None.
        limits: bounds of the job.
        progress: called often with the percentage done; may raise to end the job.
        process: runs the engines; one for this job alone, if None.
        offered: all references that are offered, to name the one that fits a file better.

    Raises:
        JobFailed: with a sentence for the owner; the log is in `out_dir` and says so too.
        ValueError: no input may have that file name.
    """
    with ExitStack() as stack:
        if process is None:
            process = stack.enter_context(EnginePool())
            # It loads the engines while the file is checked.
            process.start()
        work = stack.enter_context(tempfile.TemporaryDirectory(dir=out_dir, prefix=".work-"))
        deadline = Deadline(limits.seconds)
        job = _Job(
            source=source,
            file_name=file_name,
            names=names or ResultNames.of(check_file_name(file_name)),
            bundle=bundle,
            work=Path(work),
            limits=limits,
            deadline=deadline,
            stages=Stages(progress, deadline),
            process=process,
            offered=offered,
        )
        return job.run(out_dir)


@dataclass
class _Job:
    source: Path
    file_name: str
    names: ResultNames
    bundle: Bundle
    work: Path
    limits: Limits
    deadline: Deadline
    stages: Stages
    process: EnginePool
    offered: Sequence[Bundle]

    def run(self, out_dir: Path) -> Outcome:
        names = self.names
        results = self.work / "results"
        results.mkdir()
        done: list[str] = []
        try:
            findings = self._check()
            done.append(
                f"{counted(findings.records, 'record')} read, "
                f"{counted(findings.sites, 'allele')} to annotate"
            )
            annotation = self._annotate(findings, results, names)
            done.append("records annotated")
            no_index = self._index(results / names.vcf, in_order=findings.in_order)
            facts = self._report(findings, annotation, no_index, results, names)
        except JobFailed as failure:
            text = report.log_of_failure(self.file_name, failure, done, self.stages.durations)
            report.write_log(out_dir / names.log, text)
            raise
        files = {path.name: out_dir / path.name for path in sorted(results.iterdir())}
        for name, path in files.items():
            (results / name).replace(path)
        return Outcome(files, facts, self.stages.durations, annotation.peak_bytes)

    def _check(self) -> Findings:
        folder = self.work / "batches"
        folder.mkdir()
        with self.stages.stage("check") as report_progress:
            return check(
                self.source,
                folder,
                self.bundle,
                offered=self.offered,
                limits=self.limits,
                report_progress=report_progress,
            )

    def _annotate(self, findings: Findings, results: Path, names: ResultNames) -> Annotation:
        annotation = Annotation(
            source=self.source,
            findings=findings,
            tags=tags.choose(findings.tags_in_use, self.bundle),
            provenance=self._made(findings),
            bundle=self.bundle,
            process=self.process,
            work=self.work,
            limits=self.limits,
            deadline=self.deadline,
        )
        with self.stages.stage("annotate") as report_progress:
            annotation.run(
                results / names.vcf,
                results / names.parquet,
                results / names.genotypes,
                report_progress,
            )
        return annotation

    def _index(self, vcf: Path, *, in_order: bool) -> str | None:
        """Write the index; return why there is none.

        An index needs sorted records. Where they aren't, their order counts for more.
        """
        with self.stages.stage("index") as report_progress:
            if not in_order:
                return NOT_IN_ORDER
            clock = EngineClock(0.005 + vcf.stat().st_size / INDEXED_BYTES_PER_SECOND)
            try:
                self.process.run(
                    Command(
                        words=["tabix", str(vcf)],
                        folder=vcf.parent,
                        limits=self.limits,
                        deadline=self.deadline,
                        check_cancelled=lambda: report_progress(clock.share),
                    )
                )
            except EngineFailed as failure:
                # Positions past 2^29, say, which .tbi can't hold: the result is whole without it.
                return f"it could not be made: {failure} {failure.detail}".strip()
            return None

    def _report(
        self,
        findings: Findings,
        annotation: Annotation,
        no_index: str | None,
        results: Path,
        names: ResultNames,
    ) -> dict[str, Any]:
        with self.stages.stage("report"):
            made = self._made(findings)
            facts = {
                **made,
                "bundle": {**made["bundle"], "tracks": track_facts(self.bundle.manifest)},
                "warnings": annotation.warnings[:MOST_WARNINGS],
                "commands": shell_lines(
                    self.bundle.manifest,
                    Upload(
                        self.file_name,
                        list(findings.contigs),
                        findings.others,
                        findings.in_order,
                    ),
                ),
                "tags": dataclasses.asdict(annotation.tags),
                "problems": [dataclasses.asdict(problem) for problem in findings.problems],
                "on_known_contigs": findings.on_known_contigs,
                "contradicting": findings.contradicting,
                "samples": {
                    "total": len(findings.samples.names),
                    "no_genotypes": findings.samples.why_no_genotypes(self.limits),
                    **sample_facts(annotation.samples),
                },
            }
            told = summary.summarize(facts, annotation.tally, no_index)
            summary.write_summary(results / names.summary, told)
            report.write_log(
                results / names.log, report.log_of_success(told, self.stages.durations)
            )
        return told

    def _made(self, findings: Findings) -> dict[str, Any]:
        """How the result is made, as the VCF's header and the summary tell it."""
        manifest = self.bundle.manifest
        with self.source.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        engines = [engine.facts(self.bundle) for engine in ENGINES]
        return {
            "service": SERVICE,
            "bundle": {
                "name": manifest.name,
                "version": manifest.version,
                "assembly": manifest.assembly,
                "tracks": [track_release(track) for track in manifest.tracks],
            },
            "engines": [facts for facts in engines if facts],
            "input": {
                "file_name": self.file_name,
                "sha256": digest,
                "size": self.source.stat().st_size,
                "compression": findings.compression,
                "vcf_version": findings.header.version,
                "assembly": findings.assembly,
                "assembly_notes": findings.notes,
                "crlf": findings.crlf,
                "byte_order_mark": findings.bom,
                "header_lines": findings.header.line_count,
                "records": findings.records,
                "blank_lines": findings.blank_lines,
            },
        }
