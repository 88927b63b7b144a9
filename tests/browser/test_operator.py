"""The operator's pages: accessible in both themes and on a phone, and live without a reload."""

import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from runtime.common.account_standing import AccountStanding
from tests.browser.axe import SCHEMES, axe_in_both_themes
from tests.browser.person import Person
from tests.cloud import DeployedCloud

PAGES = (
    "",
    "/confirm",
    "/queues",
    "/queues/JobResultsArchive",
    "/fleets",
    "/scaling",
    "/figures",
    "/accounts",
)
WIDTHS = (390, 1280)


@pytest.fixture
def operator(person: Person, cloud: DeployedCloud) -> Person:
    """An operator who has just given their password."""
    user = cloud.users.by_email(person.email)
    assert user
    table = cloud.account.dynamodb().Table(cloud.outputs["UsersTable"])
    AccountStanding(table).make_operator(user.user_id)
    person.page.goto("/operator")
    person.page.get_by_label("Password").fill(person.password)
    person.page.get_by_role("button", name="Continue").click()
    expect(person.page.get_by_role("heading", name="Open jobs")).to_be_visible()
    return person


def test_should_be_accessible_and_fit_when_an_operator_looks(
    operator: Person, cloud: DeployedCloud, tmp_path: Path
) -> None:
    sqs, page = cloud.account.client("sqs"), operator.page
    body = '{"job_id": "1", "user_id": "2", "job_status": "FAILED", "complete_time": 1}'
    sqs.send_message(QueueUrl=cloud.outputs["JobResultsArchiveDlq"], MessageBody=body)
    report(cloud, {"GroupInServiceInstances": 2, "GroupDesiredCapacity": 3})
    alarm = raise_alarm(cloud)
    for path in PAGES:
        page.goto(f"/operator{path}")
        if path == "/scaling":
            expect(page.locator("#charts svg").first).to_be_visible()
        axe_in_both_themes(page)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        keep(page, path, tmp_path)
    page.goto("/operator/fleets")
    expect(page.get_by_text(alarm)).to_be_visible()
    page.goto("/operator/queues/JobResultsArchive")
    page.get_by_label("Reason").fill("It was made by a test.")
    page.get_by_role("button", name="Give up").click()
    expect(page.get_by_text("The message was given up.")).to_be_visible()


def test_should_show_new_points_without_a_reload_unless_it_is_paused(
    operator: Person, cloud: DeployedCloud
) -> None:
    page = operator.page
    report(cloud, {"GroupInServiceInstances": 2, "GroupDesiredCapacity": 3})
    page.clock.install()
    page.goto("/operator/scaling")
    expect(page.get_by_text("Newest: in service 2 instances, desired 3 instances")).to_be_visible()
    operator.mark()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(180_000)
    assert asked == []

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("This page follows by itself")).to_be_visible()
    report(cloud, {"GroupDesiredCapacity": 5})
    page.clock.run_for(61_000)
    # CloudWatch shows the mean of a minute, to which the platform reports too, or the later
    # minute's 5.
    expect(page.get_by_text(re.compile(r"desired (3\.\d+|4|4\.\d+|5) instances"))).to_be_visible()
    assert len(asked) == 2
    assert operator.has_not_reloaded()


def report(cloud: DeployedCloud, values: Mapping[str, float]) -> None:
    """Put points of the annotators' group into CloudWatch, for the current minute."""
    group = cloud.outputs["AnnotatorGroup"]
    cloud.account.client("cloudwatch").put_metric_data(
        Namespace="AWS/AutoScaling",
        MetricData=[
            {
                "MetricName": name,
                "Dimensions": [{"Name": "AutoScalingGroupName", "Value": group}],
                "Timestamp": datetime.now(UTC),
                "Value": value,
            }
            for name, value in values.items()
        ],
    )


def raise_alarm(cloud: DeployedCloud) -> str:
    """Put one of the stage's alarms into ALARM; return its name."""
    cloudwatch = cloud.account.client("cloudwatch")
    alarms = cloudwatch.describe_alarms(AlarmNamePrefix="gas-local-observability-")["MetricAlarms"]
    name = str(alarms[0]["AlarmName"])
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="By a test")
    return name


def keep(page: Page, path: str, otherwise: Path) -> None:
    """Take pictures, kept where GAS_SCREENSHOTS names a folder."""
    folder = Path(os.environ.get("GAS_SCREENSHOTS") or otherwise)
    name = path.strip("/").replace("/", "-") or "jobs"
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=folder / f"operator-{name}-{width}-{scheme}.png", full_page=True)
