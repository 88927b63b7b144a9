"""Another run is offered only where it may end otherwise."""

import pytest

from loadtest.roles import change_role
from runtime.common.job import CANCELLED, Job
from runtime.common.users import Role, User
from runtime.contract.job_status import FailureKind
from tests.unit.web.job_states import completed
from tests.unit.web.site import VCF, Browser, Site

CONTRADICTION = "The reference alleles contradict rCRS in 60 of 90 records (first at MT:73)."
FITTING = "The reference chosen is rCRS. Choose Invented1, which this service offers."


@pytest.fixture
def site(site_of_two: Site) -> Site:
    """A web app that offers rcrs and the invented genome."""
    return site_of_two


def ended(site: Site, user: User, error: str, kind: FailureKind, body: bytes = VCF) -> Job:
    """A FAILED job whose input is there."""
    job = site.job(user)
    site.s3.put_object(Bucket=site.config.inputs_bucket, Key=job.s3_key_input_file, Body=body)
    claim = site.jobs.claim(job.job_id, lease_seconds=60)
    return site.jobs.fail(claim, error, kind=kind)


def offers(browser: Browser, job: Job) -> list[str]:
    """The references that the page of a job offers another run with."""
    page = browser.get(f"/jobs/{job.job_id}").text
    return [name for name in ("rcrs", "invented") if f'value="{name}"' in page]


@pytest.mark.parametrize(
    ("error", "kind", "wanted"),
    [
        ("Line 3: POS is 'x'.", FailureKind.INPUT, []),
        ("The file is cut short.", FailureKind.INPUT, []),
        ("This service doesn't offer GRCh38: it offers rCRS.", FailureKind.INPUT, []),
        ("Annotating the file took longer than the", FailureKind.TIME_LIMIT, []),
        (CONTRADICTION, FailureKind.INPUT, ["invented"]),
        (FITTING, FailureKind.INPUT, ["invented"]),
        ("The annotation engine crashed.", FailureKind.ENGINE, ["rcrs", "invented"]),
        ("The service tried to annotate", FailureKind.GIVEN_UP, ["rcrs", "invented"]),
        (CANCELLED, FailureKind.CANCELLED, ["rcrs", "invented"]),
    ],
)
def test_should_offer_another_run_where_it_can_help_when_a_job_failed(
    site: Site, user: User, error: str, kind: FailureKind, wanted: list[str]
) -> None:
    assert offers(site.browser(user), ended(site, user, error, kind)) == wanted


def test_should_offer_no_other_run_when_the_file_has_expired_or_is_too_large_now(
    site: Site, user: User, browser: Browser
) -> None:
    job = ended(site, user, CANCELLED, FailureKind.CANCELLED)
    site.s3.delete_object(Bucket=site.config.inputs_bucket, Key=job.s3_key_input_file)
    assert offers(browser, job) == []

    premium = site.user(role=Role.PREMIUM_USER)
    large = b"x" * (site.config.free_max_upload_bytes + 1)
    job = ended(site, premium, CANCELLED, FailureKind.CANCELLED, large)
    assert offers(site.browser(premium), job) == ["rcrs", "invented"]
    change_role(site.users, premium.user_id, Role.FREE_USER)
    assert offers(site.browser(premium), job) == []


def test_should_offer_the_own_reference_when_its_version_or_the_archive_makes_a_difference(
    site: Site, user: User, browser: Browser
) -> None:
    job = completed(site, user)
    site.s3.put_object(Bucket=site.config.inputs_bucket, Key=job.s3_key_input_file, Body=VCF)
    assert job.reference_version != site.reference.version
    assert offers(browser, job) == ["rcrs", "invented"]

    def now(**attributes: str) -> None:
        item = site.annotations.get_item(Key={"job_id": job.job_id})["Item"]
        site.annotations.put_item(Item=item | attributes)

    now(reference_version=site.reference.version)
    assert offers(browser, job) == ["invented"]
    now(result_state="ARCHIVED")
    assert offers(browser, job) == ["rcrs", "invented"]
