"""What a scaling rule is made of: metrics, alarms and policies, under the names that AWS has."""

from dataclasses import dataclass
from enum import StrEnum

from scaling.step_adjustments import StepAdjustment, check_steps


class FleetName(StrEnum):
    """The groups that scale."""

    WEB = "web"
    ANNOTATOR = "annotator"


class Statistic(StrEnum):
    """How CloudWatch condenses the samples of a period to one number."""

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
    """What an alarm makes of datapoints that aren't there."""

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
    """A CloudWatch metric; what its dimensions are set to is known to whoever deploys it."""

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
    """Changes capacity by the size of the breach; InvalidSteps where AWS would refuse it."""

    alarm: Alarm
    steps: tuple[StepAdjustment, ...]
    adjustment_type: AdjustmentType = AdjustmentType.CHANGE
    min_adjustment: int = 0
    warmup_s: int = 0

    def __post_init__(self) -> None:
        check_steps(self.steps)


@dataclass(frozen=True, kw_only=True)
class TargetTracking:
    """Keeps a metric that falls as capacity grows near its target.

    `predefined` is AWS's own name of the metric, where it has one.
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
    """All the rules of a fleet under one name, and when they are the right ones."""

    name: str
    fleet: FleetName
    policies: tuple[Policy, ...]
    when: str


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Capacity of an Auto Scaling group in instances, and its default cooldown.

    AWS heeds the cooldown for simple scaling policies, of which no preset has any, and for a
    SetDesiredCapacity that asks for it.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scaling-cooldowns.html
    """

    minimum: int
    maximum: int
    desired: int
    cooldown_s: int
