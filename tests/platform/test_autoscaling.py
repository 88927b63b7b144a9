"""The deployed alarms and policies, executed on the deployed groups."""

from pathlib import Path

import httpx

from local.aws.autoscaling.autoscaler import Autoscaler, EvaluatedRule
from local.aws.ec2.group_instances import GroupInstances
from runtime.contract.job_status import JobStatus
from tests.cloud import DeployedCloud
from tests.platform.conftest import Person
from tests.platform.large_files import write_large_file
from tests.platform.test_faults import request_job, wait_ended
from tests.waiting import wait_until

TIME_SCALE = 30


def watch(autoscaler: Autoscaler, title: str) -> EvaluatedRule | None:
    found = [watch for watch in autoscaler.evaluated if watch.rule.title == title]
    return found[0] if found else None


def test_should_set_the_deployed_alarms_when_the_site_is_used(cloud: DeployedCloud) -> None:
    with cloud.platform.autoscaler(TIME_SCALE) as autoscaler:

        def measured() -> bool:
            httpx.get(f"{cloud.site_url}/sign-in", timeout=30)
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
    cloud: DeployedCloud,
    person: Person,
    bundle_folder: Path,
    tmp_path: Path,
    annotators: GroupInstances,
) -> None:
    large = tmp_path / "large.vcf"
    write_large_file(bundle_folder, large)
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
