"""The parts of a scaling rule: metrics, alarms and policies, with the names that AWS uses."""

from dataclasses import dataclass
from enum import StrEnum

from scaling.step_adjustments import StepAdjustment, check_steps


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
