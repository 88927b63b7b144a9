"""What wakes people: everything it should, and each with what to do first."""

from typing import Any

import pytest

from tests.stacks.synthesis import STAGES, Resource, resources, text

OLDEST_SECONDS = {
    "JobRequests": 5_400,
    "JobResultsNotify": 1_800,
    "JobResultsArchive": 1_800,
    "RestoreRequests": 900,
    "RestoreCompleted": 5_400,
    "Removals": 7_200,
    "SurplusCopies": 7_200,
    "Webhooks": 1_800,
}


def alarms(stage: str) -> list[Resource]:
    """Those that tell people; the rules of scaling are alarms too."""
    found = resources(stage, "AWS::CloudWatch::Alarm")
    return [alarm for alarm in found if alarm.stack == "observability"]


def queues(stage: str) -> set[str]:
    """Names of the queues that have a dead-letter queue."""
    return {
        queue.logical_id[:-8].removesuffix("Queue")
        for queue in resources(stage, "AWS::SQS::Queue")
        if "RedrivePolicy" in queue.properties
    }


def on_queues(stage: str, metric: str) -> dict[str, Any]:
    """Properties of the alarms on a metric of queues, by the queue."""
    return {
        text(alarm.properties["Dimensions"][0]["Value"]).strip("<>"): alarm.properties
        for alarm in alarms(stage)
        if alarm.properties.get("MetricName") == metric
    }


def one(stage: str, logical_id: str) -> dict[str, Any]:
    [found] = [alarm for alarm in alarms(stage) if alarm.logical_id[:-8] == logical_id]
    return dict(found.properties)


@pytest.mark.parametrize("stage", STAGES)
def test_should_tell_the_ops_topic_when_it_begins_and_when_it_is_over(stage: str) -> None:
    assert alarms(stage)
    for alarm in alarms(stage):
        for when in ("AlarmActions", "OKActions"):
            assert [text(action) for action in alarm.properties[when]] == ["<OpsTopic>"], alarm


@pytest.mark.parametrize("stage", STAGES)
def test_should_alarm_when_a_dead_letter_queue_holds_a_message(stage: str) -> None:
    found = on_queues(stage, "ApproximateNumberOfMessagesVisible")
    assert set(found) == {f"{queue}Dlq" for queue in queues(stage)}
    for alarm in found.values():
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
        assert (alarm["Threshold"], alarm["EvaluationPeriods"], alarm["Period"]) == (1, 1, 60)
        assert alarm["Statistic"] == "Maximum"


@pytest.mark.parametrize("stage", STAGES)
def test_should_alarm_when_a_message_waits_longer_than_its_work_takes(stage: str) -> None:
    found = on_queues(stage, "ApproximateAgeOfOldestMessage")
    ages = {name.removesuffix("Queue"): alarm["Threshold"] for name, alarm in found.items()}
    assert ages == {queue: OLDEST_SECONDS.get(queue, 900) for queue in queues(stage)}
    for alarm in found.values():
        assert (alarm["Statistic"], alarm["DatapointsToAlarm"]) == ("Maximum", 3)


@pytest.mark.parametrize("stage", ["dev", "prod"])  # the emulator takes no metric math
def test_should_alarm_when_many_requests_end_in_an_error(stage: str) -> None:
    alarm = one(stage, "SiteErrors")
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (5, "GreaterThanThreshold")
    assert (alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (3, 5)
    rate, *parts = alarm["Metrics"]
    assert rate["Expression"] == (
        "IF(requests >= 20, 100 * (FILL(target, 0) + FILL(balancer, 0)) / requests, 0)"
    )
    assert {part["Id"]: part["MetricStat"]["Metric"]["MetricName"] for part in parts} == {
        "requests": "RequestCount",
        "target": "HTTPCode_Target_5XX_Count",
        "balancer": "HTTPCode_ELB_5XX_Count",
    }
    assert {part["MetricStat"]["Period"] for part in parts} == {60}


@pytest.mark.parametrize("stage", STAGES)
def test_should_alarm_when_no_instance_is_healthy_or_nothing_is_known(stage: str) -> None:
    alarm = one(stage, "SiteNoHealthyHost")
    assert (alarm["MetricName"], alarm["Statistic"]) == ("HealthyHostCount", "Maximum")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert alarm["TreatMissingData"] == "breaching"
    names = {dimension["Name"] for dimension in alarm["Dimensions"]}
    assert names == {"LoadBalancer", "TargetGroup"}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("metric", ["FailedBoots", "Quarantined", "RestoresOverdue", "Unavailable"])
def test_should_alarm_when_the_platform_logs_what_should_never_happen(
    stage: str, metric: str
) -> None:
    alarm = one(stage, f"Jobs{metric}")
    assert (alarm["Namespace"], alarm["MetricName"]) == (f"GAS/{stage}", metric)
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", 1)
    assert alarm["TreatMissingData"] == "notBreaching"


@pytest.mark.parametrize(("stage", "usd"), [("dev", 300), ("prod", 1000)])
def test_should_tell_the_ops_topic_when_the_stage_spends_its_budget(stage: str, usd: int) -> None:
    [budget] = resources(stage, "AWS::Budgets::Budget")
    assert budget.properties["Budget"] == {
        "BudgetLimit": {"Amount": usd, "Unit": "USD"},
        "BudgetType": "COST",
        "CostFilters": {"TagKeyValue": [f"user:gas-stage${stage}"]},
        "TimeUnit": "MONTHLY",
    }
    notices = budget.properties["NotificationsWithSubscribers"]
    assert [
        (notice["Notification"]["NotificationType"], notice["Notification"]["Threshold"])
        for notice in notices
    ] == [("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)]
    for notice in notices:
        [subscriber] = notice["Subscribers"]
        assert subscriber["SubscriptionType"] == "SNS"
        assert text(subscriber["Address"]) == "<OpsTopic>"
