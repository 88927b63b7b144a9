"""The scaling rules' numbers, which are requirements, in every stage's templates."""

from pathlib import Path
from typing import Any

import pytest

from scaling.deployed import NAME_TAG, alarm_of, step_policy_of
from scaling.policies import PRESETS, preset
from scaling.rules import FleetName, StepPolicy
from stacks.settings import STAGES as STAGES_FOLDER
from stacks.settings import ScalingRules, SettingsError, load
from tests.stacks.synthesis import SPLIT, Resource, resources, synthesize, text

LOAD_BALANCER = {"LoadBalancer": "LoadBalancerFullName"}
QUEUE = {"QueueName": "JobRequestsQueue"}
ELB = "AWS/ApplicationELB"
GREATER, LESS = "GreaterThanThreshold", "LessThanThreshold"

OUT = {"warm-up": 120, "steps": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}]}
IN = {"warm-up": None, "steps": [{"MetricIntervalUpperBound": 0, "ScalingAdjustment": -1}]}

# fleet, name: metric, dimension, statistic, period, condition, periods, policy
RULES: dict[tuple[str, str], tuple[Any, ...]] = {
    ("web", "High-Sum-HTTP-2XXs"): (
        (ELB, "HTTPCode_Target_2XX_Count", "Sum", 60),
        LOAD_BALANCER,
        (GREATER, 200, 1),
        OUT,
    ),
    ("web", "High-Average-Latency"): (
        (ELB, "TargetResponseTime", "Average", 60),
        LOAD_BALANCER,
        (GREATER, 0.5, 1),
        OUT,
    ),
    ("web", "Low-Average-Latency"): (
        (ELB, "TargetResponseTime", "Average", 60),
        LOAD_BALANCER,
        (LESS, 0.01, 1),
        IN,
    ),
    ("annotator", "sqs-msg-sent-exceed-10-for-5min"): (
        ("AWS/SQS", "NumberOfMessagesSent", "Sum", 300),
        QUEUE,
        (GREATER, 10, 1),
        OUT,
    ),
    ("annotator", "sqs-msg-received-below-5-for-2min"): (
        ("AWS/SQS", "NumberOfMessagesSent", "Sum", 60),
        QUEUE,
        (LESS, 5, 2),
        IN,
    ),
}


def named(tags: list[dict[str, str]]) -> str:
    """The rule's name among an alarm's tags."""
    [name] = [tag["Value"] for tag in tags if tag["Key"] == NAME_TAG]
    return name


def alarms(stage: str, fleet: str) -> dict[str, Resource]:
    """The alarms that scale a fleet, by the rule's name."""
    return {
        named(alarm.properties["Tags"]): alarm
        for alarm in resources(stage, "AWS::CloudWatch::Alarm")
        if alarm.stack == fleet
    }


def policy_of(stage: str, alarm: Resource) -> Resource:
    """The one policy that an alarm invokes."""
    [action] = alarm.properties["AlarmActions"]
    [policy] = [
        policy
        for policy in resources(stage, "AWS::AutoScaling::ScalingPolicy")
        if (policy.stack, policy.logical_id) == (alarm.stack, action["Ref"])
    ]
    return policy


ORIGINAL = [
    (stage, *rule)
    for stage in SPLIT
    for rule in RULES
    if (stage, rule[0]) != ("prod", "web")  # request-count-per-target, which doesn't flap
]


@pytest.mark.parametrize(("stage", "fleet", "name"), ORIGINAL)
def test_should_have_the_required_numbers_when_a_rule_is_rendered(
    stage: str, fleet: str, name: str
) -> None:
    metric, dimensions, (comparison, threshold, periods), policy = RULES[fleet, name]
    alarm = alarms(stage, fleet)[name]
    found = alarm.properties
    assert (
        found["Namespace"],
        found["MetricName"],
        found["Statistic"],
        found["Period"],
    ) == metric
    assert {one["Name"] for one in found["Dimensions"]} == set(dimensions)
    for one in found["Dimensions"]:
        assert dimensions[one["Name"]] in str(one["Value"])
    assert (found["ComparisonOperator"], found["Threshold"]) == (comparison, threshold)
    assert (found["EvaluationPeriods"], found["DatapointsToAlarm"]) == (periods, periods)
    assert found["TreatMissingData"] == "missing"

    rendered = policy_of(stage, alarm).properties
    assert rendered["PolicyType"] == "StepScaling"
    assert rendered["AdjustmentType"] == "ChangeInCapacity"
    assert rendered["StepAdjustments"] == policy["steps"]
    assert rendered.get("EstimatedInstanceWarmup") == policy["warm-up"]
    [group] = [
        group
        for group in resources(stage, "AWS::AutoScaling::AutoScalingGroup")
        if group.stack == fleet
    ]
    assert rendered["AutoScalingGroupName"] == {"Ref": group.logical_id}
    assert group.properties["Cooldown"] == "300"
    assert (group.properties["MinSize"], group.properties["MaxSize"]) == ("2", "10")
    assert group.properties["HealthCheckGracePeriod"] == 300


@pytest.mark.parametrize("stage", SPLIT)
def test_should_have_no_other_rules_when_the_presets_are_the_original(stage: str) -> None:
    found = {
        (stage, fleet, name) for fleet in ("web", "annotator") for name in alarms(stage, fleet)
    }
    assert found == {rule for rule in ORIGINAL if rule[0] == stage}


@pytest.mark.parametrize(("stage", "tracking"), [("local", 0), ("dev", 0), ("prod", 1)])
def test_should_track_requests_of_the_web_group_when_the_stage_is_prod(
    stage: str, tracking: int
) -> None:
    """The original rules add and remove an instance all day at a steady load."""
    found = [
        policy.properties
        for policy in resources(stage, "AWS::AutoScaling::ScalingPolicy")
        if policy.properties["PolicyType"] == "TargetTrackingScaling"
    ]
    assert len(found) == tracking


def test_should_wait_for_the_listener_when_requests_of_a_target_group_are_counted() -> None:
    """Auto Scaling refuses the policy while no listener sends to the target group."""
    [policy] = [
        policy
        for policy in resources("prod", "AWS::AutoScaling::ScalingPolicy")
        if "PredefinedMetricSpecification" in str(policy.properties)
    ]
    [https] = [
        listener.logical_id
        for listener in resources("prod", "AWS::ElasticLoadBalancingV2::Listener")
        if listener.properties["Protocol"] == "HTTPS"
    ]
    assert https in policy.body["DependsOn"]


@pytest.mark.parametrize("fleet", FleetName)
def test_should_be_the_presets_rules_when_the_templates_are_read_back(fleet: FleetName) -> None:
    for policy in preset(fleet).policies:
        assert isinstance(policy, StepPolicy)
        alarm = alarms("dev", fleet)[policy.alarm.name]
        described = {**alarm.properties, "AlarmName": policy.alarm.name}
        rendered = policy_of("dev", alarm).properties
        assert step_policy_of(rendered, alarm_of(described)) == policy


TRACKING = {
    (FleetName.WEB, "request-count-per-target"): 3000,
    (FleetName.ANNOTATOR, "backlog-per-instance"): 10,
    (FleetName.ANNOTATOR, "arrivals-plus-backlog"): 7,
}


def tracked(fleet: FleetName, name: str, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The policy and the group of a fleet in stage dev with another preset."""
    stage = load("dev").model_copy(update={"scaling": ScalingRules(**{fleet.value: name})})
    body = synthesize(stage, folder)[fleet.value]["Resources"].values()
    [policy] = [one for one in body if one["Type"] == "AWS::AutoScaling::ScalingPolicy"]
    [group] = [one for one in body if one["Type"] == "AWS::AutoScaling::AutoScalingGroup"]
    assert not [one for one in body if one["Type"] == "AWS::CloudWatch::Alarm"]
    return policy["Properties"], group["Properties"]


@pytest.mark.parametrize(("fleet", "name"), TRACKING)
def test_should_track_the_target_when_the_preset_does(
    fleet: FleetName, name: str, tmp_path: Path
) -> None:
    policy, group = tracked(fleet, name, tmp_path)
    configuration = policy["TargetTrackingConfiguration"]
    assert policy["PolicyType"] == "TargetTrackingScaling"
    assert policy["EstimatedInstanceWarmup"] == 120
    assert configuration["TargetValue"] == TRACKING[fleet, name]
    assert configuration["DisableScaleIn"] is False
    if fleet is FleetName.WEB:
        specification = configuration["PredefinedMetricSpecification"]
        assert specification["PredefinedMetricType"] == "ALBRequestCountPerTarget"
        label = str(specification["ResourceLabel"])
        assert label.index("LoadBalancerFullName") < label.index("TargetGroupFullName")
        return
    [collected] = group["MetricsCollection"]
    assert collected["Granularity"] == "1Minute"
    assert "GroupInServiceInstances" in collected["Metrics"]


EXPRESSIONS = {
    "backlog-per-instance": ("visible / instances", {"visible", "instances"}),
    "arrivals-plus-backlog": ("(sent + visible) / instances", {"sent", "visible", "instances"}),
}
PARTS = {
    "visible": ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", "QueueName"),
    "sent": ("AWS/SQS", "NumberOfMessagesSent", "Sum", "QueueName"),
    "instances": (
        "AWS/AutoScaling",
        "GroupInServiceInstances",
        "Average",
        "AutoScalingGroupName",
    ),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_should_be_metric_math_when_the_annotators_track_a_target(
    name: str, tmp_path: Path
) -> None:
    policy, _ = tracked(FleetName.ANNOTATOR, name, tmp_path)
    specification = policy["TargetTrackingConfiguration"]["CustomizedMetricSpecification"]
    *parts, result = specification["Metrics"]
    expression, ids = EXPRESSIONS[name]
    assert (result["Expression"], result["ReturnData"]) == (expression, True)
    assert {part["Id"] for part in parts} == ids
    for part in parts:
        metric, [dimension] = (
            part["MetricStat"]["Metric"],
            part["MetricStat"]["Metric"]["Dimensions"],
        )
        found = (metric["Namespace"], metric["MetricName"], part["MetricStat"]["Stat"])
        assert (*found, dimension["Name"]) == PARTS[part["Id"]]
        assert part["ReturnData"] is False
        assert text(dimension["Value"])


@pytest.mark.parametrize("fleet", FleetName)
def test_should_name_the_presets_when_a_stage_asks_for_one_that_is_not(
    fleet: FleetName, tmp_path: Path
) -> None:
    wrong = (
        (STAGES_FOLDER / "dev.toml")
        .read_text()
        .replace(f'{fleet.value} = "original"', f'{fleet.value} = "guess"')
    )
    (tmp_path / "try.toml").write_text(wrong)
    with pytest.raises(SettingsError, match=f"scaling.{fleet.value}: .*{list(PRESETS[fleet])[-1]}"):
        load("try", tmp_path)
