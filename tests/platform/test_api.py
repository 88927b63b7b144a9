"""The OpenAPI document that the running site publishes, driven by schemathesis."""

from pathlib import Path

import pytest
import requests
import schemathesis

from runtime.common.users import Role
from tests.api_driver import CALLERS, OWNER, READS, World
from tests.cloud import DeployedCloud
from tests.platform.conftest import People, Person

EXAMPLES = 2
SECRET = "only-of-ada"
REQUEST_SECONDS = 60.0


@pytest.fixture
def ada(people: People, cloud: DeployedCloud) -> Person:
    person = people.new()
    cloud.change_role(person.user_id, Role.PREMIUM_USER)
    return person


@pytest.fixture
def world(ada: Person, people: People, sample: Path, tmp_path: Path) -> World:
    secret = tmp_path / f"{SECRET}.vcf"
    secret.write_bytes(sample.read_bytes())
    session = requests.Session()
    site = ada.cloud.site_url
    return World(
        schema=schemathesis.openapi.from_url(f"{site}/api/v1/openapi.json"),
        call=lambda case, headers: case.call(
            base_url=site,
            session=session,
            headers=dict(headers),
            timeout=REQUEST_SECONDS,
            allow_redirects=False,
        ),
        secret=SECRET,
        result=ada.annotate(secret).job_id,
        new_job=lambda: ada.submit(sample).job_id,
        callers={
            "ada": {"Authorization": f"Bearer {ada.token()}"},
            "eve": {"Authorization": f"Bearer {people.new().token()}"},
            "guest": {},
        },
    )


def test_should_answer_as_the_document_says_when_two_users_and_a_guest_ask_anything(
    world: World, cloud: DeployedCloud
) -> None:
    before = cloud.jobs.require(world.result)
    for name in CALLERS:
        done = world.drive(name, examples=EXAMPLES)
        assert (done >= READS) == (name == OWNER)
    assert cloud.jobs.require(world.result) == before
