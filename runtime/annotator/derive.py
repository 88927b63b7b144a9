"""All that follows from an annotated VCF: index, Parquet, summary and log."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runtime.annotator import report, summary
from runtime.annotator.bundle import Bundle
from runtime.annotator.engine import Engine
from runtime.annotator.errors import EngineFailed
from runtime.annotator.limits import Deadline, Limits
from runtime.annotator.stages import Stages
from runtime.annotator.table import read_table
from runtime.common.keys import ResultNames

NOT_IN_ORDER = (
    "the records are not sorted by position, and their order was kept (sort the file with "
    "`bcftools sort` to get an index)"
)


def derive(
    vcf: Path,
    names: ResultNames,
    bundle: Bundle,
    *,
    engine: Engine,
    limits: Limits,
    deadline: Deadline,
    stages: Stages,
) -> Mapping[str, Any]:
    """Write the other results beside an annotated VCF, under their names; return the summary.

    An index needs sorted records. Where they aren't, their order counts for more: there is no
    index then, and summary and log say so.

    Args:
        vcf: the annotated VCF, bgzip; it carries what the summary tells about the upload.
        names: names of the results.
        bundle: the reference that it was annotated with.
        engine: makes the index.
        limits: bounds for the engine.
        deadline: when to give up.
        stages: told of progress; its durations go into the log.

    Raises:
        ValueError: the VCF is no result of this service.
        EngineFailed, TimeLimitReached: see Engine.
    """
    folder = vcf.parent
    with stages.stage("parquet") as tick:
        provenance, tally = read_table(
            vcf, folder / names.parquet, bundle, limits=_of_a_result(limits), tick=tick
        )
    no_index = None if tally.in_order else NOT_IN_ORDER
    with stages.stage("index") as tick:
        if no_index is None:
            try:
                engine.index(vcf, limits=limits, deadline=deadline, tick=tick)
            except EngineFailed as failure:
                # Positions past 2^29, say, which .tbi can't hold: the result is whole without it.
                no_index = f"it could not be made: {failure} {failure.detail}".strip()
    with stages.stage("report"):
        facts = summary.summarize(provenance, tally, no_index)
        summary.write_summary(folder / names.summary, facts)
        report.write_log(folder / names.log, report.log_of_success(facts, stages.durations))
    return facts


def _of_a_result(limits: Limits) -> Limits:
    """A result's lines and header are longer than the upload's, which has been bounded."""
    return Limits(
        decompressed_bytes=limits.decompressed_bytes * 16,
        header_bytes=limits.header_bytes * 2,
        line_bytes=limits.line_bytes * 16,
    )
