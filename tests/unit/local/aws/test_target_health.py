"""How checks of a target count, as ELB's documentation says."""

import pytest

from local.aws.target_health import Health, HealthRule, TargetState

RULE = HealthRule(
    path="/health",
    interval_seconds=0.05,
    timeout_seconds=1,
    healthy_threshold=3,
    unhealthy_threshold=2,
)


@pytest.mark.parametrize(
    ("checks", "state"),
    [
        ("", TargetState.INITIAL),
        ("f", TargetState.INITIAL),
        ("fffff", TargetState.INITIAL),
        ("p", TargetState.HEALTHY),
        ("ffp", TargetState.HEALTHY),
        ("pf", TargetState.HEALTHY),
        ("pff", TargetState.UNHEALTHY),
        ("pfpf", TargetState.HEALTHY),
        ("pffp", TargetState.UNHEALTHY),
        ("pffpp", TargetState.UNHEALTHY),
        ("pffppp", TargetState.HEALTHY),
        ("pffppfp", TargetState.UNHEALTHY),
    ],
)
def test_should_be_in_state_when_checks_passed_or_failed(checks: str, state: TargetState) -> None:
    health = Health()

    for check in checks:
        health.count(RULE, passed=check == "p")

    assert health.state is state
