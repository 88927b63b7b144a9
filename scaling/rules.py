"""The parts of a scaling rule: metrics, alarms and policies, with the names that AWS uses."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise


class FleetName(StrEnum):
    """The fleets that scale."""

    WEB = "web"
    ANNOTATOR = "annotator"


class Statistic(StrEnum):
    """How CloudWatch aggregates the samples of a period into one number."""

    SUM = "Sum"
    AVERAGE = "Average"
    MINIMUM = "Minimum"
    MAXIMUM = "Maximum"
    SAMPLE_COUNT = "SampleCount"


class Comparison(StrEnum):
    """When a datapoint breaches the threshold."""

    GREATER = "GreaterThanThreshold"
    GREATER_OR_EQUAL = "GreaterThanOrEqualToThreshold"
    LESS = "LessThanThreshold"
    LESS_OR_EQUAL = "LessThanOrEqualToThreshold"

    @property
    def is_upper(self) -> bool:
        """True where high values breach."""
        return self in (Comparison.GREATER, Comparison.GREATER_OR_EQUAL)

    @property
    def symbol(self) -> str:
        return {"GREATER": ">", "GREATER_OR_EQUAL": ">=", "LESS": "<", "LESS_OR_EQUAL": "<="}[
            self.name
        ]


class MissingData(StrEnum):
    """How an alarm treats missing datapoints."""

    MISSING = "missing"
    IGNORE = "ignore"
    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"


class AdjustmentType(StrEnum):
    """What the number of an adjustment means."""

    CHANGE = "ChangeInCapacity"
    EXACT = "ExactCapacity"
    PERCENT = "PercentChangeInCapacity"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A CloudWatch metric, with the names of its dimensions; the stacks know their values."""

    namespace: str
    name: str
    statistic: Statistic
    dimensions: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.statistic} of {self.name}"


@dataclass(frozen=True, kw_only=True)
class MetricMath:
    """A CloudWatch metric math expression over metrics by their ids."""

    label: str
    expression: str
    metrics: tuple[tuple[str, Metric], ...]

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """A CloudWatch alarm: `datapoints_to_alarm` of `evaluation_periods` datapoints must breach."""

    name: str
    metric: Metric | MetricMath
    period_s: int
    comparison: Comparison
    threshold: float
    evaluation_periods: int = 1
    datapoints_to_alarm: int = 1
    missing_data: MissingData = MissingData.MISSING

    def __post_init__(self) -> None:
        if self.period_s not in (10, 20, 30) and (self.period_s < 60 or self.period_s % 60):
            raise ValueError(f"{self.name}: the period must be 10, 20, 30 or a multiple of 60 s")
        if not 1 <= self.datapoints_to_alarm <= self.evaluation_periods:
            raise ValueError(
                f"{self.name}: {self.datapoints_to_alarm} datapoints to alarm must be "
                f"1 to {self.evaluation_periods}, its evaluation periods"
            )

    @property
    def condition(self) -> str:
        """The rule in words, e.g. `Sum of X > 200 over 60 s`, or `..., 2 of 3 times`."""
        rule = f"{self.metric} {self.comparison.symbol} {self.threshold:g} over {self.period_s} s"
        if self.evaluation_periods == 1:
            return rule
        return f"{rule}, {self.datapoints_to_alarm} of {self.evaluation_periods} times"


class InvalidSteps(ValueError):
    """Step adjustments that Auto Scaling would refuse; the text is the reason."""


@dataclass(frozen=True, kw_only=True)
class StepAdjustment:
    """A change for breaches between two bounds.

    The bounds are distances from the alarm's threshold, in the metric's unit; None means no bound.
    """

    lower: float | None
    upper: float | None
    adjustment: int

    @property
    def low(self) -> float:
        return -math.inf if self.lower is None else self.lower

    @property
    def high(self) -> float:
        return math.inf if self.upper is None else self.upper

    def holds(self, breach: float, *, above: bool) -> bool:
        """Tell whether a value at the distance `breach` from the threshold is in this step.

        Above the threshold the lower bound belongs to the step and the upper doesn't; below it
        the other way round.
        """
        if above:
            return self.low <= breach < self.high
        return self.low < breach <= self.high

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True, kw_only=True)
class StepPolicy:
    """Changes capacity by the size of the breach. Raises InvalidSteps where AWS would refuse it."""

    alarm: Alarm
    steps: tuple[StepAdjustment, ...]
    adjustment_type: AdjustmentType = AdjustmentType.CHANGE
    min_adjustment: int = 0
    warmup_s: int = 0

    def __post_init__(self) -> None:
        check_steps(self.steps)


@dataclass(frozen=True, kw_only=True)
class TargetTracking:
    """Keeps a metric near its target; the metric must fall as capacity grows.

    `predefined` is the AWS name of the metric, where AWS has predefined it.
    """

    name: str
    metric: Metric | MetricMath
    target: float
    predefined: str | None = None
    scale_in: bool = True
    warmup_s: int = 120

    def __post_init__(self) -> None:
        if self.target <= 0:
            raise ValueError(f"{self.name}: the target must be more than 0")


Policy = StepPolicy | TargetTracking


@dataclass(frozen=True, kw_only=True)
class Preset:
    """All scaling rules of a fleet under one name; `when` says when to choose them."""

    name: str
    fleet: FleetName
    policies: tuple[Policy, ...]
    when: str


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Capacity of an Auto Scaling group in instances, and its default cooldown.

    The cooldown applies to simple scaling policies, which no preset has, and to calls of
    SetDesiredCapacity with HonorCooldown.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scaling-cooldowns.html
    """

    minimum: int
    maximum: int
    desired: int
    cooldown_s: int


def check_steps(steps: Sequence[StepAdjustment]) -> None:
    """Raise InvalidSteps with the reason when AWS would refuse these steps.

    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_StepAdjustment.html
    """
    if not steps:
        raise InvalidSteps("a step policy needs at least one step")
    for step in steps:
        _check_bounds(step)
    ordered = sorted(steps, key=lambda step: (step.low, step.high))
    for below, above in pairwise(ordered):
        _check_neighbours(below, above)
    if -math.inf < ordered[0].low < 0:
        raise InvalidSteps(f"step {ordered[0]} has a negative lower bound, so one must have none")
    if 0 < ordered[-1].high < math.inf:
        raise InvalidSteps(f"step {ordered[-1]} has a positive upper bound, so one must have none")


def _check_bounds(step: StepAdjustment) -> None:
    if step.lower is None and step.upper is None:
        raise InvalidSteps("a step needs a lower or an upper bound")
    if math.isnan(step.low) or math.isnan(step.high):
        raise InvalidSteps("a bound must be a number")
    if step.low >= step.high:
        raise InvalidSteps(f"step {step}: the lower bound must be less than the upper")


def _check_neighbours(below: StepAdjustment, above: StepAdjustment) -> None:
    if below.high > above.low:
        raise InvalidSteps(f"steps {below} and {above} overlap")
    if below.high < above.low:
        raise InvalidSteps(f"there is a gap between steps {below} and {above}")
