"""The result of `./gas bench annotate`: figures with their targets."""

from pydantic import BaseModel, ConfigDict, computed_field

from bench.report import Result, Row, Series

MAX_PEAK_BYTES = 1.5 * 2**30


class ToolFigures(BaseModel):
    """One tool on one input, run by run. Peaks as in measure.Measurement."""

    model_config = ConfigDict(frozen=True)

    seconds: Series
    cpu_seconds: Series
    peak_bytes: Series
    peak_own_bytes: Series


class PartResult(BaseModel):
    """The annotator and a bare engine on the same input.

    Attributes:
        effects: rows of the annotator's table.
        snpeff: SnpEff on the same input; None where it didn't run.
    """

    model_config = ConfigDict(frozen=True)

    title: str
    alleles: int
    effects: int
    engine: str
    max_ratio: float
    bare: ToolFigures
    annotator: ToolFigures
    stage_seconds: dict[str, Series]
    snpeff: ToolFigures | None

    @computed_field  # type: ignore[prop-decorator] # mypy knows no decorated property
    @property
    def ratio(self) -> float:
        """The annotator's whole path over the bare engine, medians."""
        return self.annotator.seconds.median / self.bare.seconds.median

    @computed_field  # type: ignore[prop-decorator] # as above
    @property
    def cpu_ratio(self) -> float:
        """The same of processor time: what other programs do at the time changes it less."""
        return self.annotator.cpu_seconds.median / self.bare.cpu_seconds.median


class SmallJob(BaseModel):
    """Small jobs on an idle platform, from the publishing of each to COMPLETED."""

    model_config = ConfigDict(frozen=True)

    title: str
    latency_seconds: Series
    max_seconds: float


class AnnotateResult(Result):
    """All figures. Seconds and bytes."""

    parts: list[PartResult]
    small_jobs: list[SmallJob]
    snpeff: str


def part_rows(part: PartResult) -> list[Row]:
    """The lines of the table about a part."""
    per_allele = part.effects / part.alleles
    whole = part.annotator.seconds.median
    peak = part.annotator.peak_own_bytes.median
    return [
        Row(part.title, f"{part.alleles:,} alleles, {per_allele:.1f} effects each"),
        Row(f"bare {part.engine}", _tool(part.bare)),
        Row("SnpEff", _tool(part.snpeff) if part.snpeff else "not run"),
        Row("annotator, whole path", _tool(part.annotator)),
        *_stage_rows(part.stage_seconds, whole),
        Row(
            f"whole path / bare {part.engine}",
            f"{part.ratio:.1f} x, of CPU {part.cpu_ratio:.1f} x",
            f"at most {part.max_ratio:g} x",
            part.ratio <= part.max_ratio,
        ),
        Row(
            "peak memory, all processes",
            f"{peak / 2**20:,.0f} MiB",
            f"at most {MAX_PEAK_BYTES / 2**20:,.0f} MiB",
            peak <= MAX_PEAK_BYTES,
        ),
        Row("  with pages of files", f"{part.annotator.peak_bytes.median / 2**20:,.0f} MiB"),
    ]


def small_row(job: SmallJob) -> Row:
    """The line about small jobs of one kind."""
    return Row(
        f"{job.title}, publish to COMPLETED",
        _seconds(job.latency_seconds),
        f"under {job.max_seconds:g} s",
        job.latency_seconds.median < job.max_seconds,
    )


def _stage_rows(stages: dict[str, Series], whole: float) -> list[Row]:
    known = [
        Row(f"  {name}", f"{_seconds(series)} {series.median / whole:6.1%}")
        for name, series in stages.items()
    ]
    rest = whole - sum(series.median for series in stages.values())
    return [*known, Row("  between the stages", f"{rest:.2f} s {rest / whole:6.1%}")]


def _tool(figures: ToolFigures) -> str:
    return f"{_seconds(figures.seconds)}, {_seconds(figures.cpu_seconds)} of CPU"


def _seconds(series: Series) -> str:
    return f"{series.median:.2f} s"
