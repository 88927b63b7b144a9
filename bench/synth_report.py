"""The result of `./gas bench synth`: figures with their target."""

from pydantic import BaseModel, ConfigDict, computed_field

from bench.report import Result, Row, Series

MAX_RATIO = 4.0


class Pair(BaseModel):
    """Seconds of the empty app and of all stacks, measured in turn."""

    model_config = ConfigDict(frozen=True)

    empty_seconds: Series
    stacks_seconds: Series

    @computed_field  # type: ignore[prop-decorator]
    @property
    def ratio(self) -> float:
        """All stacks over the empty app, medians."""
        return self.stacks_seconds.median / self.empty_seconds.median

    def milliseconds_a_resource(self, resources: int) -> float:
        """What a resource adds to the empty app."""
        added = self.stacks_seconds.median - self.empty_seconds.median
        return 1000 * added / resources


class SynthResult(Result):
    """All figures of one benchmark."""

    stage: str
    resources: int
    cold: Pair
    warm: Pair
    validated: Pair


def rows(result: SynthResult) -> list[Row]:
    """The lines of the table."""
    return [
        Row("empty app, cold", _seconds(result.cold.empty_seconds)),
        Row("all stacks, cold, assets made", _seconds(result.cold.stacks_seconds)),
        *_pair("warm", result.warm, result.resources),
        *_pair("warm, validated", result.validated, result.resources),
    ]


def _pair(how: str, pair: Pair, resources: int) -> list[Row]:
    return [
        Row(f"empty app, {how}", _seconds(pair.empty_seconds)),
        Row(f"all stacks, {how}", _seconds(pair.stacks_seconds)),
        Row(
            f"all stacks / empty app, {how}",
            f"{pair.ratio:.1f} x",
            f"at most {MAX_RATIO:.0f} x",
            pair.ratio <= MAX_RATIO,
        ),
        Row(
            f"a resource of {resources}, {how}",
            f"{pair.milliseconds_a_resource(resources):.1f} ms",
        ),
    ]


def _seconds(series: Series) -> str:
    return f"{series.median:.2f} s"
