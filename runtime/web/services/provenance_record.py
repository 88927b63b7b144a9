"""How a result was made, so that readers can check it, cite it and reproduce it."""

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from runtime.annotator.commands import steps_of
from runtime.common.job import Job
from runtime.common.keys import ResultNames
from runtime.common.manifest import Manifest, SourceNote
from runtime.common.reference import Reference
from runtime.web.services.summary import Bundle, Engine, Input, Summary

BUNDLE_FOLDER = Path()
"""Where the commands look for the bundle's files."""


class Provenance(BaseModel):
    """How a result was made. Times are in epoch seconds.

    Attributes:
        checksums: of the reference's files; empty when this service now has another version.
        sources: where the reference's data come from, likewise.
        results: names of the result's files.
        commands: reproduce the annotation on the command line, likewise.
        contradicting_reference: number of records that do; those in coding genes stop the commands.
    """

    model_config = ConfigDict(frozen=True)

    format: int = 1
    job_id: str
    input_file_name: str
    submit_time: int
    complete_time: int | None
    service: str | None
    input: Input | None
    engine: Engine | None
    reference: Bundle | None
    checksums: dict[str, str]
    sources: list[SourceNote]
    results: list[str]
    commands: list[str]
    contradicting_reference: int


def provenance_of(job: Job, summary: Summary, reference: Reference) -> Provenance:
    """Put together a job's summary and the reference's manifest."""
    manifest = reference.manifest
    made_with = summary.bundle
    same = made_with is not None and (made_with.name, made_with.version) == (
        manifest.name,
        manifest.version,
    )
    names = ResultNames.of(job.input_file_name)
    return Provenance(
        job_id=job.job_id,
        input_file_name=job.input_file_name,
        submit_time=job.submit_time,
        complete_time=job.complete_time,
        service=summary.service,
        input=summary.input,
        engine=summary.engine,
        reference=made_with,
        checksums=dict(manifest.checksums) if same else {},
        sources=list(manifest.sources) if same else [],
        results=[names.vcf, names.index, names.parquet, names.summary, names.log],
        commands=list(_commands(job.input_file_name, names.vcf, summary, manifest)) if same else [],
        contradicting_reference=summary.records.contradicting_reference,
    )


def _commands(upload: str, result: str, summary: Summary, manifest: Manifest) -> Iterable[str]:
    """Commands for a shell, in a folder with the upload and the reference's files."""
    current = upload
    for number, step in enumerate(_preparations(summary, manifest), start=1):
        if step[0] == "annotate":
            pairs = "".join(rf"{old}\t{new}\n" for old, new in _renamed(summary, manifest))
            yield f"printf {shlex.quote(pairs)} > contigs.txt"
        output = f"input-{number}.bcf"
        yield _line([*step, "-O", "b", "-o", output, current])
        current = output
    steps = steps_of(manifest, BUNDLE_FOLDER)
    for number, step in enumerate(steps, start=1):
        last = number == len(steps)
        form = ["-O", "z"] if last else ["-O", "b", "--write-index"]
        output = result if last else f"annotated-{number}.bcf"
        # Without this, csq determines consequences for each sample's genotypes.
        sites = ["--samples", "-"] if step[0] == "csq" else []
        yield _line([*step, *sites, *form, "-o", output, current])
        current = output


def _preparations(summary: Summary, manifest: Manifest) -> Iterable[list[str]]:
    """Commands that make the engine's input from the upload: one ALT per record, the reference's
    contig names."""
    names = {name for contig in manifest.contigs for name in (contig.name, *contig.aliases)}
    known = [name for name in summary.contigs if name in names]
    # csq stops at a contig that the reference lacks. There is always one that it has, or the job
    # had failed.
    targets = ["--targets", ",".join(known)] if len(known) < len(summary.contigs) else []
    yield ["norm", "--multiallelics", "-any", *targets]
    if _renamed(summary, manifest):
        yield ["annotate", "--rename-chrs", "contigs.txt"]
    if summary.index and not summary.index.present:
        yield ["sort"]


def _renamed(summary: Summary, manifest: Manifest) -> list[tuple[str, str]]:
    aliases = {alias: contig.name for contig in manifest.contigs for alias in contig.aliases}
    return [(name, aliases[name]) for name in summary.contigs if name in aliases]


def _line(arguments: list[Any]) -> str:
    return shlex.join(["bcftools", *map(str, arguments)])
