"""How a result was made, so that readers can check it, cite it and reproduce it."""

from pydantic import BaseModel, ConfigDict

from runtime.common.job import Job
from runtime.common.keys import ResultNames
from runtime.common.manifest import Manifest, SourceNote
from runtime.common.output_fields import field_meanings, output_fields
from runtime.common.reference import Reference
from runtime.web.services.summary import Bundle, Engine, Input, Summary


class Provenance(BaseModel):
    """How a result was made. Times are in epoch seconds.

    Attributes:
        checksums: of the reference's files; empty where this service doesn't offer this version.
        sources: where the reference's data come from, likewise.
        left_out: what of them couldn't be used, counted by reason, likewise.
        results: names of the result's files.
        commands: annotate the same file on the command line, likewise.
        columns: what each column of Parquet and TSV means.
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
    engines: list[Engine]
    reference: Bundle | None
    checksums: dict[str, str]
    sources: list[SourceNote]
    left_out: dict[str, int]
    results: list[str]
    commands: list[str]
    columns: dict[str, str]
    contradicting_reference: int


def provenance_of(job: Job, summary: Summary, reference: Reference | None) -> Provenance:
    """Put together a job's summary and the manifest of its reference.

    `reference` is the one that is offered now: None where it isn't any more, and another version
    perhaps than the one that the result was made with.
    """
    made_with = summary.bundle
    manifest = None
    if reference is not None and made_with is not None:
        same = (made_with.name, made_with.version) == (reference.name, reference.version)
        manifest = reference.manifest if same else None
    return Provenance(
        job_id=job.job_id,
        input_file_name=job.input_file_name,
        submit_time=job.submit_time,
        complete_time=job.complete_time,
        service=summary.service,
        input=summary.input,
        engines=summary.engines,
        reference=made_with,
        checksums=dict(manifest.checksums) if manifest else {},
        sources=list(manifest.sources) if manifest else [],
        left_out=dict(manifest.left_out) if manifest else {},
        results=_files(ResultNames.of(job.input_file_name), summary),
        commands=summary.commands if manifest else [],
        columns=_columns(summary, manifest),
        contradicting_reference=summary.records.contradicting_reference,
    )


def _columns(summary: Summary, manifest: Manifest | None) -> dict[str, str]:
    predicted = any(engine.predictions for engine in summary.engines)
    listed = (*output_fields().allele, *output_fields().effect)
    own = field_meanings(each for each in listed if predicted or each.source != "prediction")
    tracks = manifest.added_fields if manifest else ()
    return own | {field.column: field.description for field in tracks}


def _files(names: ResultNames, summary: Summary) -> list[str]:
    """The files that this result has."""
    index = [names.index] if summary.index and summary.index.present else []
    genotypes = [names.genotypes] if summary.samples.zygosity else []
    return [names.vcf, *index, names.parquet, *genotypes, names.summary, names.log]
