"""The result of `./gas bench annotate`: figures with their targets."""

from pydantic import computed_field

from bench.report import Result, Row, Series

MAX_RATIO = 8.0
MAX_PEAK_BYTES = 1.5 * 2**30
MAX_LATENCY_SECONDS = 0.6


class AnnotateResult(Result):
    """All figures. Seconds and bytes."""

    records: int
    csq_seconds: Series
    annotator_seconds: Series
    annotator_peak_bytes: Series
    stage_seconds: dict[str, Series]
    latency_seconds: Series

    # mypy knows no decorated property: https://docs.pydantic.dev/latest/api/fields/
    @computed_field  # type: ignore[prop-decorator]
    @property
    def ratio(self) -> float:
        """The annotator's whole path over the bare engine, medians."""
        return self.annotator_seconds.median / self.csq_seconds.median


def rows(result: AnnotateResult) -> list[Row]:
    """The lines of the table."""
    peak = result.annotator_peak_bytes.median
    latency = result.latency_seconds.median
    whole = result.annotator_seconds.median
    return [
        Row("bare bcftools csq", _seconds(result.csq_seconds)),
        Row("annotator, whole path", _seconds(result.annotator_seconds)),
        *_stage_rows(result.stage_seconds, whole),
        Row(
            "whole path / bare csq",
            f"{result.ratio:.1f} x",
            f"at most {MAX_RATIO:.0f} x",
            result.ratio <= MAX_RATIO,
        ),
        Row(
            "annotator, peak memory",
            f"{peak / 2**20:.0f} MiB",
            f"under {MAX_PEAK_BYTES / 2**20:.0f} MiB",
            peak < MAX_PEAK_BYTES,
        ),
        Row(
            "small job, publish to COMPLETED",
            _seconds(result.latency_seconds),
            f"under {MAX_LATENCY_SECONDS} s",
            latency < MAX_LATENCY_SECONDS,
        ),
    ]


def _stage_rows(stages: dict[str, Series], whole: float) -> list[Row]:
    known = [
        Row(f"  {name}", f"{_seconds(series)} {series.median / whole:6.1%}")
        for name, series in stages.items()
    ]
    rest = whole - sum(series.median for series in stages.values())
    return [*known, Row("  between the stages", f"{rest:.2f} s {rest / whole:6.1%}")]


def _seconds(series: Series) -> str:
    return f"{series.median:.2f} s"
