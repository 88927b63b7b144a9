"""Drives the OpenAPI document by schemathesis: as two users and as a guest.

No answer may be a 5xx, differ from the document, or show one user what is another's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

READS = {
    "GET /api/v1/account",
    "GET /api/v1/jobs/{job_id}",
    "GET /api/v1/jobs/{job_id}/files",
    "GET /api/v1/jobs/{job_id}/summary",
    "GET /ga4gh/drs/v1/objects/{object_id}",
    "GET /ga4gh/wes/v1/runs/{run_id}",
}
"""What Ada's token reads whatever else a request says. Otherwise nothing would be compared."""

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
OWNER = "ada"
CALLERS = (OWNER, "eve", "guest")
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}
NAMING = {"job_id", "run_id", "object_id"}
"""Parameters of a path that name a job or an object of its result."""


@dataclass(frozen=True)
class World:
    """A site with a result of Ada, and who asks.

    Attributes:
        schema: schemathesis's, of the site's document.
        call: sends a case, with headers.
        secret: a text that only Ada's result holds.
        result: the id of its job.
        new_job: makes another job of Ada, which may be changed; returns its id.
        callers: the headers of each of CALLERS.
    """

    schema: Any
    call: Callable[[Any, Mapping[str, str]], Any]
    secret: str
    result: str
    new_job: Callable[[], str]
    callers: Mapping[str, Mapping[str, str]]

    def operations(self) -> list[Any]:
        """Return the operations of the document. One that schemathesis can't read is an error."""
        found = []
        for each in self.schema.get_all_operations():
            assert isinstance(each, Ok), each
            found.append(each.ok())
        return found

    def drive(self, name: str, *, examples: int) -> set[str]:
        """Send generated requests of one caller to each operation.

        The requests are the same in each run.

        Args:
            name: one of CALLERS.
            examples: requests to each operation, at most.

        Returns:
            The operations that did what was asked at least once, such as "GET /api/v1/jobs".
        """
        return {each.label for each in self.operations() if self._drive(each, name, examples)}

    def _drive(self, operation: Any, name: str, examples: int) -> bool:
        statuses = set[int]()
        changed = name == OWNER and operation.method.upper() != "GET"

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def run(case: Any) -> None:
            asked = _ask_about(
                case, self.new_job() if changed and _names_job(case) else self.result
            )
            answer = self.call(case, {**HEADERS, **self.callers[name]})
            case.validate_response(answer, checks=CHECKS)
            statuses.add(answer.status_code)
            if name != OWNER:
                assert self.secret not in answer.text, case.as_curl_command()
                refused = answer.status_code >= 400
                assert refused or not asked, case.as_curl_command()

        run()
        return any(200 <= status < 300 for status in statuses)


def _names_job(case: Any) -> bool:
    return bool(NAMING & set(case.path_parameters or {}))


def _ask_about(case: Any, job_id: str) -> bool:
    """Let a case ask about this job wherever it names one; the rest stays as generated.

    Returns:
        Whether its path names one.
    """
    named = {"job_id": job_id, "run_id": job_id, "object_id": f"{job_id}.vcf"}
    for name in NAMING & set(case.path_parameters or {}):
        case.path_parameters[name] = named[name]
    if case.query and "timeout" in case.query:
        case.query["timeout"] = 1
    if isinstance(case.body, dict):
        _ask_about_several(case.body, f"{job_id}.vcf")
    return _names_job(case)


def _ask_about_several(body: dict[str, Any], object_id: str) -> None:
    """Let a request for several objects of DRS name this one too."""
    wanted = {
        "bulk_object_ids": object_id,
        "bulk_object_access_ids": {"bulk_object_id": object_id, "bulk_access_ids": ["https"]},
    }
    for name, one in wanted.items():
        if isinstance(body.get(name), list):
            body[name] = [one, *body[name][1:]]
