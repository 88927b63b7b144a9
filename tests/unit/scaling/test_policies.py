"""What the presets do at their thresholds; tests/stacks/test_scaling.py has their numbers."""

from collections.abc import Sequence

import pytest

from scaling.alarms import AlarmState, evaluate_at
from scaling.deciding import Firing, alarms_of, decide
from scaling.policies import (
    DEFAULT,
    LIMITS,
    MESSAGES_SENT,
    PRESETS,
    RESPONSE_TIME,
    TARGET_2XX,
    preset,
)
from scaling.rules import FleetName, Metric
from scaling.series import StatisticSet
from tests.unit.scaling.builders import group

BEFORE = 5


def capacity_after(fleet: FleetName, metric: Metric, minutes: Sequence[float]) -> int:
    """Capacity that the default preset wants of 5 instances when `metric` alone has datapoints."""
    samples = {metric.name: {60 * at: StatisticSet.of(one) for at, one in enumerate(minutes)}}
    policies = preset(fleet).policies
    firings = []
    for policy in policies:
        for alarm in alarms_of(policy):
            state, value = evaluate_at(
                alarm, samples, now_s=60 * len(minutes), state=AlarmState.INSUFFICIENT_DATA
            )
            if state is AlarmState.ALARM:
                firings.append(Firing(policy=policy, alarm=alarm, value=value))
    change = decide(group(BEFORE), firings, policies=policies)
    return BEFORE if change is None else change.capacity_to


@pytest.mark.parametrize(
    ("fleet", "metric", "minutes", "change"),
    [
        (FleetName.WEB, TARGET_2XX, [201], +1),
        (FleetName.WEB, TARGET_2XX, [200], 0),
        (FleetName.WEB, RESPONSE_TIME, [0.501], +1),
        (FleetName.WEB, RESPONSE_TIME, [0.5], 0),
        (FleetName.WEB, RESPONSE_TIME, [0.01], 0),
        (FleetName.WEB, RESPONSE_TIME, [0.009], -1),
        (FleetName.ANNOTATOR, MESSAGES_SENT, [0, 0, 0, 5, 6], +1),
        (FleetName.ANNOTATOR, MESSAGES_SENT, [0, 0, 0, 5, 5], 0),
        (FleetName.ANNOTATOR, MESSAGES_SENT, [0, 0, 0, 4, 5], 0),
        (FleetName.ANNOTATOR, MESSAGES_SENT, [0, 0, 0, 4, 4], -1),
    ],
)
def test_should_scale_beyond_its_threshold_alone_when_the_preset_is_original(
    fleet: FleetName, metric: Metric, minutes: Sequence[float], change: int
) -> None:
    assert capacity_after(fleet, metric, minutes) == BEFORE + change


def test_should_start_within_the_limits_when_a_group_scales() -> None:
    assert 0 < LIMITS.minimum <= LIMITS.desired <= LIMITS.maximum


@pytest.mark.parametrize("fleet", FleetName)
def test_should_have_a_default_and_a_reason_when_presets_are_offered(fleet: FleetName) -> None:
    assert next(iter(PRESETS[fleet])) == DEFAULT
    for name, one in PRESETS[fleet].items():
        assert (one.name, one.fleet) == (name, fleet)
        assert one.when.endswith(".")


def test_should_name_those_there_are_when_a_preset_is_unknown() -> None:
    with pytest.raises(ValueError, match="no preset 'nonsense'; it has original, request-count"):
        preset(FleetName.WEB, "nonsense")
