"""A job that an annotator works on ends within seconds when its owner cancels or deletes it."""

from pathlib import Path
from typing import Any

import pytest

from runtime.common.users import Role
from runtime.contract.job_status import JobStatus
from runtime.contract.s3 import job_prefix
from tests.cloud import DeployedCloud
from tests.platform.conftest import Person
from tests.waiting import wait_until

RECORDS = 400_000
"""So many keep an annotator busy for much longer than a cancellation takes."""


@pytest.fixture(scope="module")
def long_file(tmp_path_factory: pytest.TempPathFactory, bundle_folder: Path) -> Path:
    """A file that takes a while: every base of the genome changed, many times."""
    fasta = (bundle_folder / "genome.fa").read_text().splitlines()
    bases = "".join(line for line in fasta if not line.startswith(">"))
    path = tmp_path_factory.mktemp("long") / "long.vcf"
    with path.open("w") as file:
        file.write("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n")
        for number in range(RECORDS):
            at = number * len(bases) // RECORDS
            alt = "G" if bases[at] == "A" else "A"
            file.write(f"MT\t{at + 1}\t.\t{bases[at]}\t{alt}\t{number}\t.\t.\n")
    return path


def running(cloud: DeployedCloud, person: Person, file: Path) -> str:
    """Submit a file; return the job's id once an annotator is in the midst of it."""
    cloud.change_role(person.user_id, Role.PREMIUM_USER)
    job_id = person.submit(file).job_id
    wait_until(lambda: 0 < cloud.jobs.require(job_id).progress < 100, "the job runs")
    return job_id


def change(person: Person, job_id: str, what: str) -> dict[str, Any]:
    """Ask the site to change a job, as the page's form does."""
    headers = {"X-CSRFToken": person.site._csrf("/upload")}
    answer = person.site._request("POST", f"/jobs/{job_id}/{what}", json={}, headers=headers)
    assert answer.is_success, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_should_end_cancelled_and_take_the_next_job_when_a_running_job_is_cancelled(
    cloud: DeployedCloud, person: Person, long_file: Path, sample: Path
) -> None:
    job_id = running(cloud, person, long_file)

    change(person, job_id, "cancel")
    view = person.wait(job_id)

    job = cloud.jobs.require(job_id)
    assert (view.job_status, job.cancelled) == ("FAILED", True)
    assert job.attempt == 1
    assert cloud.stored(job_prefix(job.user_id, job.job_id)) == [job.s3_key_input_file]
    assert person.annotate(sample).job_status is JobStatus.COMPLETED
    assert not [mail for mail in cloud.mail() if job_id in str(mail)]


def test_should_leave_nothing_when_a_running_job_is_deleted(
    cloud: DeployedCloud, person: Person, long_file: Path
) -> None:
    job_id = running(cloud, person, long_file)
    job = cloud.jobs.require(job_id)

    change(person, job_id, "delete")

    assert cloud.jobs.get(job_id) is None
    prefix = job_prefix(job.user_id, job.job_id)
    wait_until(lambda: cloud.stored(prefix) == [], "the job's files are deleted")
