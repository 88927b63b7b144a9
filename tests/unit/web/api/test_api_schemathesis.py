"""The OpenAPI document, driven by schemathesis: as two users and as a guest.

No answer may be a 5xx, differ from the document, or show one user what is another's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from runtime.common.api_tokens import Scope
from runtime.common.job import Job
from runtime.common.users import User
from runtime.web.access import rule_of
from tests.unit.web.api.client import Program
from tests.unit.web.site import VCF, Site
from tests.unit.web.variants.results import annotated

EXAMPLES = 6
"""Of each operation and caller. All of them take about 25 s on a busy machine."""

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SECRET = "only-of-ada"
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}


@dataclass(frozen=True)
class World:
    """A site with a result of Ada, and who asks: Ada, Eve, and a guest without a token."""

    site: Site
    ada: User
    result: Job
    callers: dict[str, Program]

    def job_for(self, name: str, *, changed: bool) -> str:
        """Return the id to ask about: Ada's result, or a job of hers that may be changed."""
        return self.site.job(self.ada).job_id if name == "ada" and changed else self.result.job_id


@pytest.fixture(scope="module")
def world(site: Site) -> World:
    ada = site.user("Ada")
    result = annotated(site, ada, VCF.decode(), f"{SECRET}.vcf")
    callers = {
        "ada": Program(site, ada),
        "eve": Program(site, site.user("Eve")),
        "guest": Program(site, None),
    }
    return World(site, ada, result, callers)


def operations_of(site: Site) -> list[Any]:
    """Return the operations of the document. One that schemathesis can't read is an error."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", site.app)
    found = []
    for each in schema.get_all_operations():
        assert isinstance(each, Ok), each
        found.append(each.ok())
    return found


def is_scoped(view: Callable[..., object]) -> bool:
    """Whether a view is for tokens with a scope."""
    return isinstance(rule_of(view), Scope)


def ids(case: Any, job_id: str) -> None:
    """Let a case ask about this job wherever it names one; the rest stays as generated."""
    named = {"job_id": job_id, "run_id": job_id, "object_id": f"{job_id}.vcf"}
    for name in case.path_parameters or {}:
        if name in named:
            case.path_parameters[name] = named[name]
    if case.query and "timeout" in case.query:
        case.query["timeout"] = 0


def drive(world: World, operation: Any, name: str, check: Callable[[Any, Any], None]) -> None:
    """Send generated requests of one caller to one operation."""
    changed = operation.method.upper() != "GET"

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        ids(case, world.job_for(name, changed=changed))
        answer = case.call(headers={**HEADERS, **world.callers[name].headers})
        case.validate_response(answer, checks=CHECKS)
        check(case, answer)

    run()


@pytest.mark.parametrize("name", ["ada", "eve", "guest"])
def test_should_answer_as_the_document_says_when_anybody_asks_anything(
    world: World, name: str
) -> None:
    def check(case: Any, answer: Any) -> None:
        if name == "ada":
            return
        assert SECRET not in answer.text, case.as_curl_command()
        asked = set(case.path_parameters or {}) & {"job_id", "run_id", "object_id"}
        if asked:
            assert answer.status_code >= 400, case.as_curl_command()

    operations = operations_of(world.site)
    guarded = [rule for rule in world.site.app.view_functions.values() if is_scoped(rule)]
    assert len(operations) >= len(guarded)
    for operation in operations:
        drive(world, operation, name, check)
    left = world.site.jobs.require(world.result.job_id)
    assert left == world.result
