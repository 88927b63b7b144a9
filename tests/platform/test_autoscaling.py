"""The deployed alarms and policies, executed on the deployed groups."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from local.autoscaling.autoscaler import Autoscaler, Watch
from local.bench.records import read_reference, write_records
from local.fleets.fleet import Fleet
from local.fleets.groups import read_capacities
from runtime.common.job import JobStatus
from tests.cloud import DeployedCloud
from tests.platform.conftest import Person
from tests.platform.test_faults import LARGE, request_job, wait_ended
from tests.platform.waiting import wait_until

TIME_SCALE = 30
SENT = 12
"""More than the 10 messages in 5 minutes that the rule tolerates."""


@pytest.fixture
def annotators(cloud: DeployedCloud) -> Iterator[Fleet]:
    """The annotators, as many as before at the end."""
    fleet = cloud.cloud.fleets.fleet("annotator")
    before = read_capacities(cloud.account)[fleet.group.name].desired
    yield fleet
    cloud.account.client("autoscaling").set_desired_capacity(
        AutoScalingGroupName=fleet.group.name, DesiredCapacity=before
    )
    wait_until(lambda: len(fleet.instances) == before, f"{before} annotators are left")


def watch(autoscaler: Autoscaler, title: str) -> Watch | None:
    found = [watch for watch in autoscaler.watches if watch.rule.title == title]
    return found[0] if found else None


def test_should_scale_out_and_in_and_do_every_job_when_many_are_requested(
    cloud: DeployedCloud, person: Person, sample: Path, annotators: Fleet
) -> None:
    with cloud.cloud.autoscaling(TIME_SCALE) as autoscaler:
        known = len(autoscaler.history.activities())
        jobs = [request_job(cloud, person.user_id, sample) for _ in range(SENT)]
        wait_until(lambda: len(annotators.running) > 2, "another annotator is launched")
        wait_until(
            lambda: autoscaler.history.activities()[-1].capacity_to == 2,
            "the group has its minimum again",
            seconds=120,
        )
        wait_until(lambda: len(annotators.instances) == 2, "the others have drained")
        activities = autoscaler.history.activities()[known:]
        assert autoscaler.trouble == ""

    ended = [wait_ended(cloud, job_id, seconds=120) for job_id in jobs]
    assert [job.job_status for job in ended] == [JobStatus.COMPLETED] * SENT
    out, back = activities[0], activities[-1]
    assert (out.group, out.capacity_from, out.capacity_to) == ("annotator", 2, 3)
    # A slow machine evaluates the alarm while the last request is still on its way.
    assert re.search(
        rf"in ALARM at (11|{SENT}): Sum of NumberOfMessagesSent > 10 over 300 s", out.cause
    )
    assert (back.group, back.capacity_from, back.capacity_to) == ("annotator", 3, 2)
    assert "Sum of NumberOfMessagesSent < 5 over 60 s, 2 of 2 times" in back.cause


def test_should_set_the_deployed_alarms_when_the_site_is_used(cloud: DeployedCloud) -> None:
    with cloud.cloud.autoscaling(TIME_SCALE) as autoscaler:

        def measured() -> bool:
            requests.get(f"{cloud.site_url}/sign-in", timeout=30)
            successes = watch(autoscaler, "High-Sum-HTTP-2XXs")
            times = watch(autoscaler, "High-Average-Latency")
            return bool(successes and successes.value and times and times.value)

        wait_until(measured, "requests and response times are measured")
        successes = watch(autoscaler, "High-Sum-HTTP-2XXs")

    assert successes is not None
    name = successes.rule.alarm.name
    (alarm,) = cloud.session.client("cloudwatch", endpoint_url=cloud.endpoint_url).describe_alarms(
        AlarmNames=[name]
    )["MetricAlarms"]
    assert alarm["StateValue"] != "INSUFFICIENT_DATA"
    assert "HTTPCode_Target_2XX_Count > 200" in alarm["StateReason"]


def test_should_neither_lose_nor_repeat_work_when_a_busy_annotator_drains(
    cloud: DeployedCloud, person: Person, bundle: Path, tmp_path: Path, annotators: Fleet
) -> None:
    large = tmp_path / "large.vcf"
    write_records(read_reference(bundle), LARGE, large)
    job_id = request_job(cloud, person.user_id, large)
    wait_until(lambda: cloud.jobs.require(job_id).progress > 0, "the job is under way")
    (busy,) = [each for each in annotators.running if job_id in each.log.read_text()]

    busy.terminate()  # as a scale-in does

    wait_until(lambda: busy not in annotators.instances, "it has ended")
    job = wait_ended(cloud, job_id, seconds=300)
    assert job.job_status is JobStatus.COMPLETED
    wait_until(lambda: any(person.email in mail.to for mail in cloud.mail()), "the owner is told")
    wait_until(
        lambda: not cloud.bodies("JobRequestsQueue") and not cloud.bodies("JobResultsNotifyQueue"),
        "nothing is left to do",
    )
    assert sum(person.email in mail.to for mail in cloud.mail()) == 1
    assert cloud.bodies("JobRequestsDlq").count(job_id) == 0
