"""The annotator's load: the original's rhythm, which fires the deployed rules."""

import pytest

from loadtest.rhythm import Rhythm, next_minute
from scaling.policies import MESSAGES_SENT, preset
from scaling.rules import Comparison, FleetName, StepPolicy

WINDOW_S = 300


def most_in_a_window(rhythm: Rhythm) -> int:
    """The most jobs in five whole minutes, when the first is published as a minute begins."""
    times = rhythm.times_s()
    ends = range(60, int(times[-1]) + WINDOW_S + 60, 60)
    return max(sum(end - WINDOW_S <= time < end for time in times) for end in ends)


def scale_out_threshold() -> float:
    (policy,) = [
        policy
        for policy in preset(FleetName.ANNOTATOR).policies
        if isinstance(policy, StepPolicy) and policy.alarm.comparison is Comparison.GREATER
    ]
    assert (policy.alarm.metric, policy.alarm.period_s) == (MESSAGES_SENT, WINDOW_S)
    return policy.alarm.threshold


def test_should_fire_the_deployed_rule_when_nothing_else_is_asked_for() -> None:
    assert most_in_a_window(Rhythm()) > scale_out_threshold()


def test_should_stay_below_the_deployed_rule_when_bursts_are_the_originals() -> None:
    assert most_in_a_window(Rhythm(burst=10, bursts=5)) <= scale_out_threshold()


def test_should_pause_after_each_burst_when_there_are_several() -> None:
    rhythm = Rhythm(every_s=25, burst=3, pause_s=120, bursts=2)

    assert rhythm.times_s() == [0, 25, 50, 170, 195, 220]
    assert rhythm.jobs == 6
    assert rhythm.seconds == 340


@pytest.mark.parametrize(
    ("now", "scale", "begin"), [(61.0, 1, 120.0), (120.0, 1, 120.0), (61.0, 20, 63.0)]
)
def test_should_begin_with_a_minute_when_the_alarms_have_one(
    now: float, scale: int, begin: float
) -> None:
    assert next_minute(now, scale) == begin
