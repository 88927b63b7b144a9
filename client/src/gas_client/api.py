"""Requests of `/api/v1`."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

import httpx

from gas_client import __version__
from gas_client.errors import Refused, Unreachable
from gas_client.models import Job, Reference, ReferenceFound, ResultFile
from gas_client.retry import PASSING, Retry
from gas_client.settings import Settings

BASE = "/api/v1"
WAIT_SECONDS = 30
"""The longest that the service holds a request that waits for a job."""

TIMEOUT = httpx.Timeout(30.0, read=WAIT_SECONDS + 30.0)
PAGE = 100

Params = Mapping[str, str | int | list[str]]


class Api:
    """A connection to the service, with a token.

    Args:
        settings: where it is, and the token.
        retry: how passing failures are repeated.
        transport: in place of the network, for tests.
    """

    def __init__(
        self, settings: Settings, retry: Retry, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.settings = settings
        self.retry = retry
        # Redirects aren't followed: the token is for this address alone.
        self._http = httpx.Client(
            base_url=settings.url,
            headers={
                "Authorization": f"Bearer {settings.token}",
                "User-Agent": f"gas-client/{__version__}",
            },
            timeout=TIMEOUT,
            transport=transport,
        )
        # The storage gets no token: its addresses are presigned.
        self.storage = httpx.Client(timeout=TIMEOUT, transport=transport)

    def __enter__(self) -> "Api":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
        self.storage.close()

    def account(self) -> dict[str, Any]:
        """The account of the token, with its plan and limits."""
        return self._body("GET", "/account")

    def references(self, *, contigs: bool = False) -> list[Reference]:
        """The references that the service offers."""
        answer = self._body("GET", "/references", params={"contigs": "true"} if contigs else {})
        return cast("list[Reference]", answer["items"])

    def find_reference(self, question: dict[str, Any]) -> ReferenceFound:
        """The reference that a file was made against, by its beginning."""
        return cast(ReferenceFound, self._body("POST", "/references/find", json=question))

    def create_upload(self, body: dict[str, Any], *, key: str) -> dict[str, Any]:
        """Create a job whose file is still to be sent; `key` makes it safe to repeat."""
        return self._body("POST", "/jobs", json=body, key=key)

    def upload_parts(self, job_id: str, ticket: str, numbers: list[int]) -> list[dict[str, Any]]:
        """Presigned addresses of parts of a file, each with its number."""
        body = {"ticket": ticket, "numbers": numbers}
        answer = self._body("POST", f"/jobs/{job_id}/upload/parts", json=body)
        return cast("list[dict[str, Any]]", answer["items"])

    def arrived_parts(self, job_id: str, ticket: str) -> set[int]:
        """The numbers of the parts that the storage has."""
        answer = self._body("GET", f"/jobs/{job_id}/upload", params={"ticket": ticket})
        return {int(part["number"]) for part in answer["items"]}

    def start(self, job_id: str, ticket: str, note: str) -> Job:
        """Start the job of an upload. The same ticket is the same job, however often it is sent."""
        body = {"ticket": ticket, **({"note": note} if note else {})}
        return self._job("POST", f"/jobs/{job_id}/start", json=body)

    def job(self, job_id: str) -> Job:
        """A job."""
        return self._job("GET", f"/jobs/{job_id}")

    def wait(self, job_id: str, *, seconds: int, since: str | None = None) -> Job:
        """A job as soon as it has ended or its state isn't `since`, or after `seconds`."""
        params = {"timeout": seconds, **({"since": since} if since else {})}
        return self._job("GET", f"/jobs/{job_id}/wait", params=params)

    def cancel(self, job_id: str) -> Job:
        """Cancel a job that hasn't ended."""
        return self._job("POST", f"/jobs/{job_id}/cancel")

    def delete(self, job_id: str) -> None:
        """Delete a job with all its files."""
        self._request("DELETE", f"/jobs/{job_id}")

    def files(self, job_id: str) -> list[ResultFile]:
        """The files of a result, with addresses that are valid for a while."""
        return cast("list[ResultFile]", self._body("GET", f"/jobs/{job_id}/files")["items"])

    def pages(self, path: str, params: Params, *, most: int | None) -> Iterator[dict[str, Any]]:
        """Yield the items of a list, page by page, and no more than `most`."""
        cursor, left = None, most
        while left is None or left > 0:
            limit = PAGE if left is None else min(PAGE, left)
            page = {**params, "limit": limit, **({"cursor": cursor} if cursor else {})}
            answer = self._body("GET", path, params=page)
            items = answer["items"]
            yield from items
            left = None if left is None else left - len(items)
            cursor = answer.get("next_cursor")
            if not cursor:
                return

    def _job(self, method: str, path: str, **options: Any) -> Job:
        return cast("Job", self._body(method, path, **options))

    def _body(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        answer = self._request(method, path, **options)
        try:
            body = answer.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Unreachable(f"{self.settings.url}{BASE}{path} isn't the API of a GAS service.")
        return body

    def _request(
        self, method: str, path: str, *, key: str | None = None, **options: Any
    ) -> httpx.Response:
        """Send a request that is safe to repeat: by its method, its ticket, or its key."""
        headers = {"Idempotency-Key": key} if key else {}

        def send() -> httpx.Response:
            return self._http.request(method, BASE + path, headers=headers, **options)

        answer = self.retry.request(send, self.settings.url)
        if answer.is_success:
            return answer
        raise refusal(answer)


def refusal(answer: httpx.Response) -> Refused | Unreachable:
    """Return the error of an answer, with the sentences of its problem document (RFC 9457)."""
    status = answer.status_code
    problem: Any = None
    if "json" in answer.headers.get("Content-Type", ""):
        try:
            problem = answer.json()
        except ValueError:
            problem = None
    if not isinstance(problem, dict):
        problem = {}
    said = str(problem.get("detail") or problem.get("title") or "")
    errors = problem.get("errors") or ()
    fields = [
        f"{each['field']}: {each['message']}"
        for each in errors
        if each["message"].rstrip(".") not in said
    ]
    if answer.is_redirect:
        said = said or f"It sends on to {answer.headers.get('Location')}. Use that address."
    said = said or f"{answer.request.url.host} answered HTTP {status}."
    text = " ".join([said, *fields])
    if status >= 500 or (status in PASSING and not problem):
        return Unreachable(text)
    return Refused(text, status=status, problem=str(problem.get("type", "about:blank")))
