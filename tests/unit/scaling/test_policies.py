"""The presets against the table of the design, section 9."""

import pytest

from scaling.deciding import alarms_of
from scaling.policies import DEFAULT, LIMITS, PRESETS, preset
from scaling.rules import Fleet, Metric, MissingData, StepPolicy

Row = tuple[str, str, str, int, str, float, int, int, tuple[float | None, float | None], int]

ALB, SQS = "AWS/ApplicationELB", "AWS/SQS"
COUNT, TIME, SENT = "HTTPCode_Target_2XX_Count", "TargetResponseTime", "NumberOfMessagesSent"
UP, DOWN = (0, None), (None, 0)
WEB = {
    "High-Sum-HTTP-2XXs": (ALB, COUNT, "Sum", 60, ">", 200, 1, 1, UP, 120),
    "High-Average-Latency": (ALB, TIME, "Average", 60, ">", 0.5, 1, 1, UP, 120),
    "Low-Average-Latency": (ALB, TIME, "Average", 60, "<", 0.01, 1, -1, DOWN, 0),
}
ANNOTATOR = {
    "sqs-msg-sent-exceed-10-for-5min": (SQS, SENT, "Sum", 300, ">", 10, 1, 1, UP, 120),
    "sqs-msg-received-below-5-for-2min": (SQS, SENT, "Sum", 60, "<", 5, 2, -1, DOWN, 0),
}


def row(policy: StepPolicy) -> Row:
    alarm, (step,) = policy.alarm, policy.steps
    assert isinstance(alarm.metric, Metric)
    assert alarm.datapoints_to_alarm == alarm.evaluation_periods
    return (
        alarm.metric.namespace,
        alarm.metric.name,
        alarm.metric.statistic.value,
        alarm.period_s,
        alarm.comparison.symbol,
        alarm.threshold,
        alarm.evaluation_periods,
        step.adjustment,
        (step.lower, step.upper),
        policy.warmup_s,
    )


@pytest.mark.parametrize(("fleet", "rows"), [(Fleet.WEB, WEB), (Fleet.ANNOTATOR, ANNOTATOR)])
def test_should_be_the_rules_of_the_design_when_the_preset_is_original(
    fleet: Fleet, rows: dict[str, Row]
) -> None:
    policies = preset(fleet).policies
    found = {one.alarm.name: row(one) for one in policies if isinstance(one, StepPolicy)}
    assert found == rows
    assert {alarm.missing_data for policy in policies for alarm in alarms_of(policy)} == {
        MissingData.MISSING
    }


def test_should_have_the_limits_of_the_design_when_a_group_scales() -> None:
    assert (LIMITS.minimum, LIMITS.maximum, LIMITS.desired) == (2, 10, 2)
    assert (LIMITS.cooldown_s, LIMITS.grace_s) == (300, 300)


@pytest.mark.parametrize("fleet", Fleet)
def test_should_have_a_default_and_a_reason_when_presets_are_offered(fleet: Fleet) -> None:
    assert next(iter(PRESETS[fleet])) == DEFAULT
    for name, one in PRESETS[fleet].items():
        assert (one.name, one.fleet) == (name, fleet)
        assert one.when.endswith(".")


def test_should_name_those_there_are_when_a_preset_is_unknown() -> None:
    with pytest.raises(ValueError, match="no preset 'nonsense'; it has original, request-count"):
        preset(Fleet.WEB, "nonsense")
