"""The example result: anybody may read it, and nothing else."""

import uuid
from pathlib import Path

import pytest

from runtime.common.job import Job
from runtime.common.messages import JobRequest
from runtime.web.access import Rule
from runtime.web.services.example_job import EXAMPLE_OWNER
from tests.emulator import Emulator
from tests.unit.web.parts import create_parts
from tests.unit.web.routes import ROUTES, path_of
from tests.unit.web.site import Site, environment_of
from tests.unit.web.variants.results import annotate_job

EXPORTS = [f"GET /jobs/<uuid:job_id>/{name}" for name in ("variants.tsv", "variants.parquet")]
EXPORTS += [f"GET /jobs/<uuid:job_id>/{name}" for name in ("variants.vcf.gz", "effects.tsv")]
READABLE = [
    route
    for route, rule in ROUTES.items()
    if rule is Rule.JOB_READER_REQUIRED and route.startswith("GET") and route not in EXPORTS
]
SHOWN = [route for route in READABLE if not route.endswith("/genotypes")]
"""The sample file has no samples, so that its result has no table of genotypes."""

OWNED = [route for route, rule in ROUTES.items() if rule is Rule.JOB_OWNER_REQUIRED] + EXPORTS


@pytest.fixture(scope="module")
def example_site(emulator: Emulator, vendor: Path, files: Path) -> Site:
    """A web app whose example is annotated."""
    with environment_of(emulator):
        site = create_parts(emulator, files).connect(vendor)
    service = site.services.example
    service.ensure()
    job = service.find(str(service.job_id))
    assert job
    sample = site.reference.folder / str(site.reference.manifest.sample)
    annotate_job(site, job, sample.read_text(), site.reference)
    return site


@pytest.fixture
def example(example_site: Site) -> Job:
    """The example as an annotator left it."""
    return example_site.jobs.require(str(example_site.services.example.job_id))


def test_should_ask_for_the_example_once_when_it_is_ensured_again(own_site: Site) -> None:
    service = own_site.services.example
    own_site.requests.published()
    service.ensure()
    service.ensure()
    assert own_site.requests.published() == [JobRequest(job_id=str(service.job_id)).to_body()]
    job = own_site.jobs.require(str(service.job_id))
    assert (job.user_id, job.reference) == (EXAMPLE_OWNER, "rcrs")
    stored = own_site.s3.get_object(Bucket=job.s3_inputs_bucket, Key=job.s3_key_input_file)
    sample = own_site.reference.folder / str(own_site.reference.manifest.sample)
    assert stored["Body"].read() == sample.read_bytes()


@pytest.mark.parametrize("route", SHOWN)
def test_should_be_read_by_a_visitor(example_site: Site, example: Job, route: str) -> None:
    visitor = example_site.visitor()
    path = path_of(route, example.job_id).removeprefix("GET ")
    # One route needs a region; the others don't look at it.
    answer = visitor.get(path, query_string={"at": "MT:3000-4000"})
    assert answer.status_code in (200, 302), path
    assert b"csrf" not in answer.data
    assert "/sign-in?next" not in (answer.location or "")


def test_should_lead_to_the_example_and_open_its_reference(
    example_site: Site, example: Job
) -> None:
    visitor = example_site.visitor()
    assert visitor.get("/example").location == f"/jobs/{example.job_id}"
    with visitor.get("/reference/rcrs/manifest.json") as file:
        assert file.status_code == 200
    page = visitor.get(f"/jobs/{example.job_id}").text
    assert "This is an example" in page
    for offer in ("Delete…", "Run again", "Add a note", "archived"):
        assert offer not in page
    assert "variants.tsv" not in visitor.get(f"/jobs/{example.job_id}/variants").text


@pytest.mark.parametrize("route", OWNED)
def test_should_not_be_changed_or_exported_by_anybody(
    example_site: Site, example: Job, route: str
) -> None:
    method, path = path_of(route, example.job_id).split(" ")
    eve = example_site.browser(example_site.user("Eve"))
    answer = eve.get(path) if method == "GET" else eve.post_json(path, {})
    assert answer.status_code == 404
    assert example_site.jobs.require(example.job_id) == example


@pytest.mark.parametrize("route", READABLE)
def test_should_open_no_other_job_to_a_visitor(site: Site, route: str) -> None:
    theirs = site.job(site.user())
    for job_id in (theirs.job_id, str(uuid.uuid4())):
        path = path_of(route, job_id).removeprefix("GET ")
        assert site.visitor().get(path).location.startswith("/sign-in?next=/")


def test_should_stay_closed_when_a_user_has_made_a_job_of_that_id(own_site: Site) -> None:
    eve = own_site.user("Eve")
    job_id = str(own_site.services.example.job_id)
    own_site.jobs.submit(job_id, eve.user_id)
    assert own_site.services.example.find(job_id) is None
    assert own_site.visitor().get(f"/jobs/{job_id}").status_code == 303
    assert own_site.visitor().get("/example").status_code == 404


def test_should_be_missing_when_it_was_never_made(own_site: Site) -> None:
    assert own_site.visitor().get("/example").status_code == 404
