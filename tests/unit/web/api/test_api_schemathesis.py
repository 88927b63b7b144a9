"""The OpenAPI document, driven by schemathesis in the app of this process."""

from collections.abc import Callable

import pytest
import schemathesis

from runtime.common.api_tokens import Scope
from runtime.common.job import Job
from runtime.common.users import User
from runtime.web.access import rule_of
from tests.api_driver import CALLERS, OWNER, READS, World
from tests.unit.web.api.client import Program
from tests.unit.web.site import VCF, Site
from tests.unit.web.variants.results import annotated

EXAMPLES = 6
"""All of them take about 25 s on a busy machine."""

SECRET = "only-of-ada"


@pytest.fixture(scope="module")
def ada(site: Site) -> User:
    return site.user("Ada")


@pytest.fixture(scope="module")
def result(site: Site, ada: User) -> Job:
    return annotated(site, ada, VCF.decode(), f"{SECRET}.vcf")


@pytest.fixture(scope="module")
def world(site: Site, ada: User, result: Job) -> World:
    users = {"ada": ada, "eve": site.user("Eve"), "guest": None}
    return World(
        schema=schemathesis.openapi.from_wsgi("/api/v1/openapi.json", site.app),
        call=lambda case, headers: case.call(headers=dict(headers)),
        secret=SECRET,
        result=result.job_id,
        new_job=lambda: site.job(ada).job_id,
        callers={name: Program(site, user).headers for name, user in users.items()},
    )


def is_scoped(view: Callable[..., object]) -> bool:
    """Whether a view is for tokens with a scope."""
    return isinstance(rule_of(view), Scope)


@pytest.mark.parametrize("name", CALLERS)
def test_should_answer_as_the_document_says_when_anybody_asks_anything(
    site: Site, world: World, result: Job, name: str
) -> None:
    guarded = [view for view in site.app.view_functions.values() if is_scoped(view)]
    assert len(world.operations()) >= len(guarded)
    done = world.drive(name, examples=EXAMPLES)
    assert (done >= READS) == (name == OWNER)
    assert site.jobs.require(result.job_id) == result
