"""Two references on one platform: rcrs, and the invented genome from a folder in S3."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from rich.console import Console

from local.errors import LocalError
from local.progress import Steps
from local.references import BUCKET
from local.site_client import SiteClient
from local.temporary import temporary_platform
from runtime.contract.job_status import JobStatus
from tests.cloud import DeployedCloud
from tests.platform.attempts import session
from tests.platform.conftest import Person
from tests.platform.test_faults import request_job, wait_ended

FOLDER = "invented-1"


@pytest.fixture(scope="module")
def cloud(genome_bundle: Path) -> Iterator[DeployedCloud]:
    """A platform of its own, that offers both."""
    with (
        Steps(Console(stderr=True)) as steps,
        temporary_platform(steps, [genome_bundle]) as running,
    ):
        yield DeployedCloud(running)


def test_should_annotate_each_with_its_own_when_jobs_of_two_references_run_at_once(
    person: Person, cloud: DeployedCloud, sample: Path, genome_bundle: Path
) -> None:
    other = genome_bundle / "sample.vcf"
    jobs = {
        "rcrs": person.site.submit(sample, reference="rcrs"),
        "invented": person.site.submit(other, reference="invented"),
    }
    for reference, submitted in jobs.items():
        assert person.wait(submitted.job_id).job_status == "COMPLETED"
        job = cloud.jobs.require(submitted.job_id)
        assert (job.reference, job.error) == (reference, None)
        assert job.reference_version
        made = person.site.get(f"/jobs/{job.job_id}/provenance.json")
        assert f'"name": "{reference}"' in made


def test_should_use_the_default_when_an_upload_names_no_reference(
    person: Person, cloud: DeployedCloud, sample: Path
) -> None:
    assert person.annotate(sample).reference == "rcrs"


def test_should_refuse_the_upload_when_its_reference_is_not_offered(
    person: Person, sample: Path
) -> None:
    with pytest.raises(
        LocalError, match=r"doesn.t offer the reference grch99\. It offers rcrs, inv"
    ):
        person.site.submit(sample, reference="grch99")


def test_should_fail_with_a_sentence_when_the_reference_of_a_job_is_not_offered_any_more(
    person: Person, cloud: DeployedCloud, sample: Path
) -> None:
    job_id = request_job(cloud, person.user_id, sample, reference="grch99")
    job = wait_ended(cloud, job_id, 60)
    assert job.job_status is JobStatus.FAILED
    assert job.error == (
        "This service doesn't offer the reference grch99. It offers rcrs, invented."
    )


def test_should_read_ranges_from_s3_when_the_site_has_not_the_whole_reference(
    person: Person, genome_bundle: Path
) -> None:
    whole = (genome_bundle / "genome.fa").read_bytes()
    assert person.site.fetch("/reference/invented/genome.fa", "bytes=5-24") == whole[5:25]
    assert person.site.fetch("/reference/invented/genome.fa") == whole


@pytest.mark.parametrize("fleet", ["annotator", "web"])
def test_should_read_the_offered_folder_and_no_other_when_a_fleet_uses_references(
    cloud: DeployedCloud, fleet: str
) -> None:
    cloud.account.client("s3").put_object(Bucket=BUCKET, Key="other-1/manifest.json", Body=b"{}")
    s3 = session(cloud, fleet).client("s3", endpoint_url=cloud.endpoint_url)
    assert s3.get_object(Bucket=BUCKET, Key=f"{FOLDER}/manifest.json")["Body"].read()
    for key in ("other-1/manifest.json", f"{FOLDER}0/manifest.json"):
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.get_object(Bucket=BUCKET, Key=key)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=BUCKET, Key=f"{FOLDER}/manifest.json", Body=b"{}")


@pytest.mark.parametrize("fleet", ["utilities", "removal", "restore", "webhooks"])
def test_should_read_no_reference_when_a_fleet_uses_none(cloud: DeployedCloud, fleet: str) -> None:
    s3 = session(cloud, fleet).client("s3", endpoint_url=cloud.endpoint_url)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.get_object(Bucket=BUCKET, Key=f"{FOLDER}/manifest.json")


def test_should_name_both_with_their_versions_when_somebody_uploads_or_visits(
    person: Person, cloud: DeployedCloud
) -> None:
    with SiteClient(cloud.site_url) as visitor:
        for page in (person.site.get("/upload"), visitor.get("/")):
            assert "rCRS" in page
            assert "1.1.0" in page
            assert "Invented1" in page
