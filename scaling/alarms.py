"""The state of a CloudWatch alarm, as AWS documents its evaluation.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from scaling.rules import Alarm, Comparison, MissingData
from scaling.series import Samples, datapoints

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
    """Tell whether a datapoint breaches the alarm's threshold."""
    return BREACHES[alarm.comparison](value, alarm.threshold)


def evaluation_range(alarm: Alarm) -> int:
    """Return how many datapoints an evaluation retrieves."""
    return alarm.evaluation_periods + EXTRA_DATAPOINTS


def evaluate(alarm: Alarm, points: Sequence[float | None], state: AlarmState) -> AlarmState:
    """Return the state after an evaluation.

    `points` are the datapoints of the evaluation range, oldest first, None where one is missing;
    `state` is the state before, which the alarm may keep when data is missing.

    When there are at least as many real points as evaluation periods, the newest of them decide,
    however old they are. When there are fewer, the alarm's setting for missing data fills as few
    gaps as possible.
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
    """Return the state when there are too few real points to decide."""
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
    """Tell whether the oldest breaching point is old enough for ALARM.

    AWS avoids a premature ALARM: the point must be at least `datapoints_to_alarm` periods old.
    The caller has seen that no real point is within the threshold.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html#CloudWatch-alarms-avoiding-premature-transition
    """
    return True in flags and len(flags) - flags.index(True) >= alarm.datapoints_to_alarm


def evaluate_at(
    alarm: Alarm,
    samples: Mapping[str, Samples],
    *,
    now_s: int,
    state: AlarmState,
) -> tuple[AlarmState, float | None]:
    """Evaluate an alarm on metrics up to `now_s`; return its state and the newest real datapoint.

    A step policy measures the size of the breach by that datapoint.
    """
    points = datapoints(
        alarm.metric,
        samples,
        now_s=now_s,
        period_s=alarm.period_s,
        number=evaluation_range(alarm),
    )
    newest = next((point for point in reversed(points) if point is not None), None)
    return evaluate(alarm, points, state), newest


def invokes_scaling(state: AlarmState) -> bool:
    """Tell whether this evaluation invokes Auto Scaling actions.

    All other actions are invoked when the state changes. These are invoked again every minute
    while the alarm stays in ALARM.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
    """
    return state is AlarmState.ALARM
