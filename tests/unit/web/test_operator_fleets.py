"""The operator's pages about groups, alarms and scaling."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runtime.common.users import User
from runtime.web import fresh_password
from runtime.web.services.operations.alarms import ORDER
from tests.emulator import Emulator
from tests.unit.web.site import Browser, Site, environment_of
from tests.unit.web.test_operator import browser, operator

__all__ = ["browser", "operator"]

GROUP = "gas-test-annotator-AnnotatorGroupASG-1"
OTHER = "gas-other-web-WebGroupASG-1"
ALARM = "gas-test-observability-QueuesRemovalsDeadLetters1A2B3C4D-Xy12Z"


class Aws:
    """Groups, alarms and metrics in the emulator, with the root's credentials."""

    def __init__(self, emulator: Emulator) -> None:
        def client(service: Any) -> Any:
            return emulator.session.client(service, endpoint_url=emulator.endpoint_url)

        self.autoscaling, self.cloudwatch = client("autoscaling"), client("cloudwatch")

    def add_group(self, name: str) -> None:
        self.autoscaling.create_auto_scaling_group(
            AutoScalingGroupName=name, MinSize=1, MaxSize=4, DesiredCapacity=2
        )

    def add_alarm(self, name: str, state: str, *actions: str) -> None:
        self.cloudwatch.put_metric_alarm(
            AlarmName=name,
            AlarmDescription="A message of Removals failed <each> time.",
            Namespace="N",
            MetricName="M",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            AlarmActions=actions,
        )
        self.cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="because")

    def add_point(
        self, namespace: str, name: str, dimensions: dict[str, str], value: float
    ) -> None:
        self.cloudwatch.put_metric_data(
            Namespace=namespace,
            MetricData=[
                {
                    "MetricName": name,
                    "Dimensions": [{"Name": k, "Value": v} for k, v in dimensions.items()],
                    "Timestamp": datetime.now(UTC),
                    "Value": value,
                }
            ],
        )


@pytest.fixture
def aws(site: Site, emulator: Emulator) -> Iterator[Aws]:
    with environment_of(emulator):
        made = Aws(emulator)
        for name in (GROUP, OTHER):
            made.add_group(name)
        yield made
        for name in (GROUP, OTHER):
            made.autoscaling.delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True)
        alarms = made.cloudwatch.describe_alarms()["MetricAlarms"]
        made.cloudwatch.delete_alarms(AlarmNames=[alarm["AlarmName"] for alarm in alarms])


def test_should_show_the_stages_groups_alone_when_the_account_has_others(
    browser: Browser, aws: Aws
) -> None:
    page = browser.get("/operator/fleets").text
    assert GROUP in page
    assert OTHER not in page
    assert "2, at least 1, at most 4" in page
    assert page.count('<td data-label="State">InService</td>') == 2


def test_should_show_what_an_alarm_means_first_when_it_is_in_alarm(
    browser: Browser, aws: Aws
) -> None:
    names = {state: f"gas-test-observability-{state}" for state in ORDER}
    for state in reversed(ORDER):
        aws.add_alarm(names[state], state)
    aws.add_alarm("gas-other-observability-1", "ALARM")
    page = browser.get("/operator/fleets").text
    assert "A message of Removals failed &lt;each&gt; time." in page.partition("<details>")[0]
    assert "In ALARM since" in page
    assert "gas-other" not in page
    listed = page.partition("<details>")[2]
    places = [listed.index(f">gas-test-observability-{state}<") for state in ORDER]
    assert places == sorted(places)


def test_should_say_that_nothing_is_wrong_when_a_group_only_scales_in(
    browser: Browser, aws: Aws
) -> None:
    policy = f"arn:aws:autoscaling:us-east-1:1:scalingPolicy:1:autoScalingGroupName/{GROUP}"
    aws.add_alarm("gas-test-annotator-ScalingSentBelow5For2min1A2B3C4D-Z", "ALARM", policy)
    page = browser.get("/operator/fleets").text
    assert "No alarm says that something is wrong." in page
    assert 'class="wrong">' not in page
    assert "In ALARM, by which groups scale: ScalingSentBelow5For2min." in page
    aws.add_alarm(ALARM, "ALARM", "arn:aws:sns:us-east-1:1:operators")
    page = browser.get("/operator/fleets").text
    assert "something is wrong" not in page
    assert page.index(">QueuesRemovalsDeadLetters<") < page.index("In ALARM, by which")


def test_should_name_what_is_missing_and_show_the_rest_when_aws_refuses(
    site: Site, browser: Browser, aws: Aws, monkeypatch: pytest.MonkeyPatch, operator: User
) -> None:
    clients = site.services.operations.fleets.operator_aws.clients(operator.user_id)

    aws.add_alarm(ALARM, "OK")
    refused = type("Refused", (), {"get_paginator": lambda *_: _Refusing()})()
    monkeypatch.setitem(vars(clients), "autoscaling", refused)
    answer = browser.get("/operator/fleets")
    assert answer.status_code == 200
    assert "The Auto Scaling groups couldn&#39;t be read: AWS answered AccessDenied." in answer.text
    assert ">QueuesRemovalsDeadLetters<" in answer.text


class _Refusing:
    def paginate(self) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "DescribeAutoScalingGroups")


def test_should_answer_the_lines_of_each_chart_when_the_script_asks(
    browser: Browser, aws: Aws
) -> None:
    dimensions = {"AutoScalingGroupName": GROUP}
    aws.add_point("AWS/AutoScaling", "GroupInServiceInstances", dimensions, 2)
    aws.add_point("AWS/ApplicationELB", "TargetResponseTime", {"LoadBalancer": "app/gas-test/1"}, 3)
    aws.add_point("GAS/test", "Jobs", {"State": "COMPLETED"}, 5)
    answer = browser.get("/operator/scaling/charts?hours=1").get_json()
    found = {
        (chart["title"], line["label"]): [value for _, value in line["points"]]
        for chart in answer["charts"]
        for line in chart["lines"]
    }
    assert found["annotator", "in service"] == [2]
    assert found["annotator", "desired"] == []
    assert found["Response time", "average"] == [3]
    assert found["Ended", "completed"] == [5]
    assert answer["start"] < time.time() <= answer["end"]
    assert answer["end"] - answer["start"] == 3600
    assert browser.get("/operator/scaling/charts?hours=5").status_code == 400


def test_should_go_on_without_the_password_when_the_page_is_left_open(
    site: Site, browser: Browser, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "js/scaling.js" in browser.get("/operator/scaling").text
    monkeypatch.setattr(fresh_password, "FRESH_SECONDS", 0)
    assert browser.get("/operator/scaling").status_code == 303
    assert browser.get("/operator/scaling/charts").status_code == 200
    assert site.browser(site.user()).get("/operator/scaling/charts").status_code == 404
