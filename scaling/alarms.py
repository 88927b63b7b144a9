"""The state of a CloudWatch alarm, as AWS documents its evaluation.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from scaling.rules import Alarm, Comparison, MissingData
from scaling.series import RESOLUTION_S, Samples, datapoints

EXTRA_DATAPOINTS = 2
"""Datapoints retrieved beyond the evaluation periods, in case some are missing.

AWS says only that the number depends on the period; its examples retrieve 5 for 3 periods.
"""

BREACHES: dict[Comparison, Callable[[float, float], bool]] = {
    Comparison.GREATER: operator.gt,
    Comparison.GREATER_OR_EQUAL: operator.ge,
    Comparison.LESS: operator.lt,
    Comparison.LESS_OR_EQUAL: operator.le,
}


class AlarmState(StrEnum):
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


def breaches(alarm: Alarm, value: float) -> bool:
    """Tell whether a datapoint is on the alarm's wrong side of its threshold."""
    return BREACHES[alarm.comparison](value, alarm.threshold)


def evaluation_range(alarm: Alarm) -> int:
    """Return how many datapoints an evaluation retrieves."""
    return alarm.evaluation_periods + EXTRA_DATAPOINTS


def evaluate(alarm: Alarm, points: Sequence[float | None], state: AlarmState) -> AlarmState:
    """Return the state after an evaluation.

    `points` are the datapoints of the evaluation range, oldest first, None where one is missing;
    `state` is the state before, which missing data may retain.

    With as many real points as evaluation periods the newest of them decide, however old.
    With fewer, gaps are filled as few times as possible by the alarm's setting.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """
    flags = [None if point is None else breaches(alarm, point) for point in points]
    real = [flag for flag in flags if flag is not None]
    decisive = real[-alarm.evaluation_periods :]
    if decisive.count(True) >= alarm.datapoints_to_alarm:
        return AlarmState.ALARM
    if len(decisive) == alarm.evaluation_periods:
        return AlarmState.OK
    return _with_gaps(alarm, flags, state)


def _with_gaps(alarm: Alarm, flags: Sequence[bool | None], state: AlarmState) -> AlarmState:
    """Return the state when real points are too few to decide."""
    real = [flag for flag in flags if flag is not None]
    if alarm.missing_data is MissingData.NOT_BREACHING:
        return AlarmState.OK
    if alarm.missing_data is MissingData.BREACHING:
        breaching = alarm.evaluation_periods - real.count(False)
        return AlarmState.ALARM if breaching >= alarm.datapoints_to_alarm else AlarmState.OK
    if False in real:
        return AlarmState.OK
    if alarm.missing_data is MissingData.IGNORE:
        return state
    if _breach_is_old_enough(alarm, flags):
        return AlarmState.ALARM
    return AlarmState.INSUFFICIENT_DATA


def _breach_is_old_enough(alarm: Alarm, flags: Sequence[bool | None]) -> bool:
    """Tell whether the oldest breaching point has had time to be contradicted, and hasn't been.

    The rule against premature ALARM: the point must be at least as old, in periods, as
    `datapoints_to_alarm`; that no real point speaks against it is the caller's finding.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html#CloudWatch-alarms-avoiding-premature-transition
    """
    return True in flags and len(flags) - flags.index(True) >= alarm.datapoints_to_alarm


def evaluate_at(
    alarm: Alarm,
    samples: Mapping[str, Samples],
    *,
    now_s: int,
    state: AlarmState,
    resolution_s: int = RESOLUTION_S,
) -> tuple[AlarmState, float | None]:
    """Evaluate an alarm on metrics up to `now_s`: its state, and the newest real datapoint.

    That datapoint is what a step policy measures the breach by.
    """
    points = datapoints(
        alarm.metric,
        samples,
        now_s=now_s,
        period_s=alarm.period_s,
        number=evaluation_range(alarm),
        resolution_s=resolution_s,
    )
    newest = next((point for point in reversed(points) if point is not None), None)
    return evaluate(alarm, points, state), newest


def invokes_scaling(state: AlarmState) -> bool:
    """Tell whether this evaluation invokes Auto Scaling actions.

    Unlike all other actions, which fire on a change of state, these are invoked again every
    minute for as long as the alarm stays in ALARM.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
    """
    return state is AlarmState.ALARM
