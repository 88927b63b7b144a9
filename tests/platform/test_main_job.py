"""The main job, end to end: a VCF in, its annotation out, by HTTP as a person does it."""

import gzip
import io
import json
import uuid
from itertools import pairwise
from pathlib import Path

import httpx
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from local.commands.check import check
from local.commands.person import Person as Member
from runtime.common.job import Job, ResultState
from runtime.common.keys import result_keys
from runtime.common.messages import JobRequest, JobResult
from runtime.contract.job_status import JobStatus
from stacks.settings import load
from tests.cloud import DeployedCloud
from tests.platform.conftest import People, Person
from tests.platform.passing_time import send
from tests.waiting import wait_until


def records(path: Path) -> list[list[str]]:
    """The data lines of a VCF, plain or compressed, split at the tabs."""
    data = path.read_bytes()
    text = gzip.decompress(data).decode() if data.startswith(b"\x1f\x8b") else data.decode()
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def test_should_annotate_every_record_when_a_vcf_is_submitted(
    person: Person, sample: Path, tmp_path: Path
) -> None:
    job = person.submit(sample)

    assert person.wait(job.job_id).job_status == "COMPLETED"

    target = tmp_path / "result.vcf.gz"
    person.site.download(job.job_id, target)
    before, after = records(sample), records(target)
    assert [row[:2] + row[3:5] for row in after] == [row[:2] + row[3:5] for row in before]
    assert any("CSQ=" in row[7] for row in after)


def test_should_pass_the_check_of_a_deployment_when_the_platform_works(
    cloud: DeployedCloud,
) -> None:
    output = io.StringIO()
    demo = cloud.platform.demo
    user = Member(cloud.site_url, demo.email, demo.password)
    check(user, seconds=120, console=Console(file=output))
    assert f"{cloud.site_url} works." in output.getvalue()


def test_should_describe_the_job_as_designed_when_it_completes(
    person: Person, sample: Path, cloud: DeployedCloud
) -> None:
    job = person.annotate(sample)

    assert job.job_status is JobStatus.COMPLETED
    assert job.result_state is ResultState.AVAILABLE
    assert job.user_id == person.user_id
    assert job.s3_inputs_bucket == cloud.outputs["InputsBucket"]
    assert job.s3_key_input_file == f"users/{person.user_id}/{job.job_id}/{sample.name}"
    assert job.has_log
    assert (job.attempt, job.progress, job.error) == (1, 100, None)
    assert job.complete_time is not None
    assert job.complete_time >= job.submit_time


def test_should_export_what_meets_a_filter_into_a_file_that_s3_sends(
    person: Person, sample: Path, cloud: DeployedCloud
) -> None:
    """The web instances' role, which the emulator enforces, may make it and sign for it."""
    job = person.annotate(sample)
    bucket, prefix = cloud.outputs["ResultsBucket"], f"exports/{person.user_id}/{job.job_id}/"

    table = person.site.export(f"/jobs/{job.job_id}/effects.tsv?gene=MT-ND4").decode()

    head, *lines = table.splitlines()
    assert lines
    assert {line.split("\t")[head.split("\t").index("SYMBOL")] for line in lines} == {"MT-ND4"}
    [made] = cloud.account.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]
    assert made["Size"] == len(table.encode())


def test_should_leave_five_files_when_a_job_completes(
    person: Person, sample: Path, cloud: DeployedCloud, tmp_path: Path
) -> None:
    job = person.annotate(sample)
    keys = result_keys(person.user_id, job.job_id, sample.name)
    s3 = cloud.account.client("s3")
    bucket = cloud.outputs["ResultsBucket"]

    listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"users/{person.user_id}/")["Contents"]

    assert {item["Key"] for item in listed} == set(vars(keys).values())
    s3.download_file(bucket, keys.parquet, str(tmp_path / "variants.parquet"))
    assert pq.read_table(tmp_path / "variants.parquet").num_rows >= len(records(sample))
    summary = json.loads(s3.get_object(Bucket=bucket, Key=keys.summary)["Body"].read())
    assert str(len(records(sample))) in json.dumps(summary)


def test_should_mail_the_owner_once_when_a_job_completes(
    person: Person, sample: Path, cloud: DeployedCloud
) -> None:
    job = person.annotate(sample)

    def mails() -> list[str]:
        return [mail.text for mail in cloud.mail() if person.email in mail.to]

    wait_until(lambda: len(mails()) > 0, "the email is there")
    (text,) = mails()
    assert f"{cloud.site_url}/jobs/{job.job_id}" in text
    assert sample.name in text


def test_should_mail_the_owner_few_times_when_many_jobs_end_at_once(
    person: Person, cloud: DeployedCloud
) -> None:
    """Nothing is annotated: only the ends of the jobs are what notify gets."""
    jobs = [end_job(cloud, person, f"{number}.vcf") for number in range(17)]
    for job in jobs:
        send(cloud, "JobResultsNotifyQueue", JobResult.of(job).to_body())

    def told() -> list[int]:
        texts = [mail.text for mail in cloud.mail() if person.email in mail.to]
        return [sum(f"/jobs/{job.job_id}\n" in text for text in texts) for job in jobs]

    wait_until(lambda: min(told()) == 1, "each job is told of")
    assert max(told()) == 1
    times = [mail.sent_at.timestamp() for mail in cloud.mail() if person.email in mail.to]
    interval = load("local").mail.digest_seconds
    # Two, unless notify takes longer than the interval for them.
    assert all(later - earlier > interval - 2 for earlier, later in pairwise(times))


def end_job(cloud: DeployedCloud, person: Person, name: str) -> Job:
    """Write a job that has failed, as the annotator does."""
    job_id = str(uuid.uuid4())
    cloud.jobs.submit(job_id, person.user_id, name=name, bucket=cloud.outputs["InputsBucket"])
    return cloud.jobs.fail(cloud.jobs.claim(job_id, lease_seconds=60), "It is no VCF.")


def test_should_fail_with_a_reason_and_mail_it_when_the_file_is_no_vcf(
    person: Person, cloud: DeployedCloud, tmp_path: Path
) -> None:
    file = tmp_path / "letter.vcf"
    file.write_text("Dear annotator,\nplease annotate me.\n")

    job = person.annotate(file)

    assert job.job_status is JobStatus.FAILED
    assert job.error
    wait_until(lambda: any(person.email in mail.to for mail in cloud.mail()), "the email is there")
    (mail,) = [mail for mail in cloud.mail() if person.email in mail.to]
    assert job.error in mail.text
    assert job.error in mail.html or job.error.split("'")[0] in mail.html


def test_should_be_done_once_when_a_request_is_delivered_again(
    person: Person, sample: Path, cloud: DeployedCloud
) -> None:
    job_id = person.submit(sample).job_id
    sns, topic = cloud.account.client("sns"), cloud.outputs["JobRequestsTopic"]
    for _ in range(3):
        sns.publish(TopicArn=topic, Message=JobRequest(job_id=job_id).to_body())

    person.wait(job_id)
    done = cloud.jobs.require(job_id)
    sns.publish(TopicArn=topic, Message=JobRequest(job_id=job_id).to_body())
    # A request that came while another attempt held the job comes again when its lease is over.
    wait_until(lambda: cloud.all_received("JobRequestsQueue"), "all requests have been taken")

    after = cloud.jobs.require(job_id)
    assert after.attempt == 1
    assert after.complete_time == done.complete_time
    assert after.job_status is JobStatus.COMPLETED
    assert len([mail for mail in cloud.mail() if person.email in mail.to]) <= 1


@pytest.mark.parametrize("path", ["", "/status", "/log", "/download", "/summary.json"])
def test_should_answer_404_when_a_job_is_another_users(
    people: People, sample: Path, path: str
) -> None:
    owner, other = people.new(), people.new()
    job_id = owner.annotate(sample).job_id

    def status(who: Person) -> int:
        answer = who.site._request("GET", f"/jobs/{job_id}{path}", follow_redirects=False)
        return answer.status_code

    assert status(owner) in (200, 302)
    assert status(other) == 404


def sign(person: Person, name: str, size: int) -> httpx.Response:
    headers = {"X-CSRFToken": person.site._csrf("/upload")}
    body = {"file_name": name, "size": size}
    return person.site._request("POST", "/uploads", json=body, headers=headers)


def post(signed: dict[str, object], body: bytes, **changed: str) -> int:
    fields = signed["fields"]
    assert isinstance(fields, dict)
    answer = httpx.post(str(signed["url"]), data=fields | changed, files={"file": body}, timeout=30)
    return answer.status_code


def test_should_refuse_the_bytes_when_they_are_more_than_the_plan_allows(person: Person) -> None:
    signed = sign(person, "x.vcf", 1000).json()

    assert post(signed, b"x" * 150_001) == 400
    assert post(signed, b"x" * 150_000) in (200, 201, 204)


def test_should_refuse_to_sign_when_the_file_is_larger_than_the_plan_allows(
    person: Person,
) -> None:
    assert sign(person, "x.vcf", 150_001).status_code == 413


def test_should_refuse_the_bytes_when_they_are_for_another_key(
    people: People, cloud: DeployedCloud
) -> None:
    person, other = people.new(), people.new()
    signed = sign(person, "x.vcf", 10).json()

    assert post(signed, b"x" * 10, key=f"users/{other.user_id}/1/x.vcf") == 403

    prefix = f"users/{other.user_id}/"
    s3 = cloud.account.client("s3")
    assert s3.list_objects_v2(Bucket=cloud.outputs["InputsBucket"], Prefix=prefix)["KeyCount"] == 0
