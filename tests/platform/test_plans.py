"""A result is archived when its time is over, comes back after an upgrade, and has its time again
on the way back to Free: the real processes, with the roles of their instances."""

from datetime import UTC, datetime
from pathlib import Path

import httpx

from runtime.common.job import Job, ResultState
from runtime.common.messages import PlanChange
from runtime.common.objects import Objects
from runtime.common.users import Role
from stacks.settings import load
from tests.cloud import DeployedCloud
from tests.platform.conftest import Person
from tests.platform.passing_time import let_time_pass, put_back, send
from tests.waiting import wait_until

STAYS = {"summary", "log"}

SOON_SECONDS = 10
"""After these the time of a result is over."""


def files(cloud: DeployedCloud, job: Job) -> set[str]:
    """Which of its files the job has in the results bucket, by the names of their kind."""
    s3 = cloud.account.client("s3")
    prefix = f"users/{job.user_id}/{job.job_id}/"
    found = s3.list_objects_v2(Bucket=cloud.outputs["ResultsBucket"], Prefix=prefix)
    there = {each["Key"] for each in found.get("Contents", [])}
    return {name for name, key in vars(job.result_keys).items() if key in there}


def in_archive(cloud: DeployedCloud, job: Job) -> int:
    """How many versions the archive holds of the job."""
    objects = Objects(cloud.account.client("s3"))
    prefix = f"users/{job.user_id}/{job.job_id}/"
    return len(objects.versions(cloud.outputs["ArchiveBucket"], prefix))


def subjects(cloud: DeployedCloud, person: Person) -> list[str]:
    return [mail.subject for mail in cloud.mail() if person.email in mail.to]


def test_should_go_and_come_back_when_its_owner_is_free_and_then_premium(
    cloud: DeployedCloud, person: Person, sample: Path, tmp_path: Path
) -> None:
    job = person.annotate(sample)
    before = files(cloud, job)
    person.site.download(job.job_id, tmp_path / "before.vcf.gz")

    def state() -> ResultState | None:
        return cloud.jobs.require(job.job_id).result_state

    let_time_pass(cloud, job, 1_000)
    wait_until(lambda: state() is ResultState.ARCHIVED, "the result is archived")
    wait_until(lambda: files(cloud, job) == STAYS, "what is archived is gone from the results")
    assert "This result is archived" in person.site.get(f"/jobs/{job.job_id}")
    download = f"{cloud.site_url}/jobs/{job.job_id}/download"
    assert person.site._http.get(download).status_code == httpx.codes.CONFLICT
    archived = f"The result of {sample.name} has been archived"
    wait_until(lambda: archived in subjects(cloud, person), "the owner is told")

    cloud.change_role(person.user_id, Role.PREMIUM_USER)
    send(cloud, "RestoreRequestsQueue", PlanChange(user_id=person.user_id).to_body())
    wait_until(lambda: state() is ResultState.AVAILABLE, "the result is back")
    wait_until(lambda: in_archive(cloud, job) == 0, "what is back is gone from the archive")
    assert files(cloud, job) == before
    person.site.download(job.job_id, tmp_path / "after.vcf.gz")
    assert (tmp_path / "after.vcf.gz").read_bytes() == (tmp_path / "before.vcf.gz").read_bytes()
    back = "Your archived results have been restored"
    wait_until(lambda: back in subjects(cloud, person), "the owner is told that it is back")
    assert subjects(cloud, person).count(back) == 1


def test_should_have_its_time_again_when_its_owner_is_free_again(
    cloud: DeployedCloud, person: Person, sample: Path
) -> None:
    cloud.change_role(person.user_id, Role.PREMIUM_USER)
    job = person.annotate(sample)
    cloud.change_role(person.user_id, Role.FREE_USER)
    retention = load("local").plans.free_retention_seconds
    earlier = retention - SOON_SECONDS
    put_back(cloud, "UsersTable", {"user_id": person.user_id}, "role_since", earlier)
    owner = cloud.users.get(person.user_id)
    assert owner is not None
    assert owner.role_since is not None
    due = owner.role_since + retention
    send(cloud, "RestoreRequestsQueue", PlanChange(user_id=person.user_id).to_body())
    # It was completed long ago: the way back to Free is all that it has its time from.
    let_time_pass(cloud, job, 10 * retention)

    told = "Your results will be archived"
    wait_until(lambda: told in subjects(cloud, person), "the owner is told until when it stays")
    [mail] = [mail for mail in cloud.mail() if mail.subject == told and person.email in mail.to]
    assert datetime.fromtimestamp(due, UTC).strftime("%-d %B %Y, %H:%M UTC") in mail.text

    def archived() -> bool:
        return cloud.jobs.require(job.job_id).result_state is ResultState.ARCHIVED

    wait_until(archived, "the result is archived when that time is over")
    assert (cloud.jobs.require(job.job_id).archive_time or 0) >= due
    assert subjects(cloud, person).count(told) == 1
