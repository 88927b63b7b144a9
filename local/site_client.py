"""A client of the site: signs in, uploads, waits and downloads over HTTP, as a browser does."""

import re
import time
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any, Self
from urllib.parse import urljoin

import httpx

from local.errors import LocalError
from local.site_answers import REFERENCES, JobView, SiteReference, SubmittedJob, Upload

REQUEST_SECONDS = 30.0
STORAGE_SECONDS = 600.0
"""For the storage to answer once it has the whole file."""

EXPORT_SECONDS = 600.0

POLL_SECONDS = 0.3
CHUNK_BYTES = 1 << 20

_CSRF = re.compile(r'name="csrf[-_]token" (?:content|value)="([^"]+)"')

OnProgress = Callable[[str, int], None]
"""Called with a job's status and its progress in percent."""


class SiteClient:
    """A session with the site.

    Args:
        url: scheme, host and port.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.Client(base_url=self.url, timeout=REQUEST_SECONDS, follow_redirects=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    @property
    def cookie_header(self) -> str:
        """The session as a Cookie header, for requests that this client doesn't make."""
        return "; ".join(f"{each.name}={each.value}" for each in self._http.cookies.jar)

    def sign_in(self, email: str, password: str) -> None:
        """Sign in.

        Raises:
            LocalError: there is no site, or it doesn't accept the two.
        """
        form = {"email": email, "password": password, "csrf_token": self._csrf("/sign-in")}
        answer = self._request("POST", "/sign-in", data=form, follow_redirects=False)
        if answer.status_code not in (302, 303):
            raise LocalError(f"{self.url} doesn't accept the password of {email}.")

    def submit(
        self, path: Path, file_name: str | None = None, *, reference: str | None = None
    ) -> SubmittedJob:
        """Upload a file and start its job.

        Args:
            path: the file.
            file_name: its name at the site, if another.
            reference: the name of the reference; the site's default if None.

        Raises:
            LocalError: the site or the storage refused the file; the message says why.
        """
        return self.start_job(self.upload(path, file_name, reference=reference))

    def upload(
        self, path: Path, file_name: str | None = None, *, reference: str | None = None
    ) -> str:
        """Upload a file, and return the ticket that starts its job. `submit` has the rest."""
        wanted = {
            "file_name": file_name or path.name,
            "size": path.stat().st_size,
            "reference": reference,
        }
        headers = {"X-CSRFToken": self._csrf("/upload")}
        signed = self._request("POST", "/uploads", json=wanted, headers=headers)
        upload = Upload.model_validate(_accepted(signed))
        _post_file(upload, path)
        return upload.token

    def start_job(self, ticket: str) -> SubmittedJob:
        """Start the job of an upload. The same ticket is the same job, however often it is sent.

        Raises:
            LocalError: the site refused it; the message says why.
        """
        headers = {"X-CSRFToken": self._csrf("/upload")}
        answer = self._request("POST", "/jobs", json={"token": ticket}, headers=headers)
        job = _accepted(answer)
        page = urljoin(self.url + "/", str(job["url"]))
        return SubmittedJob(job_id=str(job["job_id"]), url=page)

    def references(self) -> list[SiteReference]:
        """Return the references that the site offers, the default first.

        Raises:
            LocalError: the site refused the request.
        """
        answer = _accepted(self._request("GET", "/upload/references.json"))
        return REFERENCES.validate_python(answer["references"])

    def status(self, job_id: str) -> JobView:
        """Return the state of a job."""
        return JobView.model_validate(_accepted(self._request("GET", f"/jobs/{job_id}/status")))

    def has_job(self, job_id: str) -> bool:
        """Whether the site shows this job to this user.

        Raises:
            LocalError: the site neither shows it nor says that it isn't there.
        """
        answer = self._request("GET", f"/jobs/{job_id}/status")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return False
        _check(answer)
        return True

    def delete(self, job_id: str) -> None:
        """Delete a job with its files.

        Raises:
            LocalError: the site refused the request.
        """
        headers = {"X-CSRFToken": self._csrf("/upload"), "Accept": "application/json"}
        _check(self._request("POST", f"/jobs/{job_id}/delete", headers=headers))

    def wait(self, job_id: str, *, seconds: float, on_progress: OnProgress) -> JobView:
        """Wait until a job ends, successfully or not.

        Raises:
            LocalError: it hasn't ended after `seconds`.
        """
        deadline = time.monotonic() + seconds
        while True:
            view = self.status(job_id)
            on_progress(view.job_status, view.progress)
            if view.ended:
                return view
            if time.monotonic() > deadline:
                raise LocalError(
                    f"The job {job_id} is still {view.job_status} after {seconds:.0f} s. "
                    "Check the platform: ./gas status"
                )
            time.sleep(POLL_SECONDS)

    def download(self, job_id: str, target: Path) -> None:
        """Save a job's annotated VCF as `target`, which is created once the download is complete.

        Raises:
            LocalError: the site refused, the download broke off, or `target` can't be written.
        """
        part = target.with_name(target.name + ".part")
        try:
            with self._http.stream("GET", f"/jobs/{job_id}/download") as answer:
                _check(answer)
                with part.open("wb") as file:
                    for chunk in answer.iter_bytes(CHUNK_BYTES):
                        file.write(chunk)
            part.rename(target)
        except httpx.HTTPError as error:
            raise LocalError(f"The download broke off: {error}. Run this again.") from error
        except OSError as error:
            raise LocalError(f"{target} can't be written: {error.strerror}.") from error

    def get(self, path: str) -> str:
        """Return the text of a page.

        Raises:
            LocalError: the site refused the request.
        """
        answer = self._request("GET", path)
        _check(answer)
        return answer.text

    def fetch(self, path: str, byte_range: str | None = None) -> bytes:
        """Return the bytes at a path, or those that an HTTP Range header names.

        Raises:
            LocalError: the site refused the request.
        """
        headers = {"Range": byte_range} if byte_range else {}
        answer = self._request("GET", path, headers=headers)
        _check(answer)
        return answer.content

    def export(self, path: str) -> bytes:
        """Have a file made of a result, and return its bytes; `path` is that of the export.

        Raises:
            LocalError: the site refused the request, or made nothing within EXPORT_SECONDS.
        """
        deadline = time.monotonic() + EXPORT_SECONDS
        while (answer := self._request("GET", path)).status_code == httpx.codes.ACCEPTED:
            if time.monotonic() > deadline:
                raise LocalError(f"{self.url}{path} wasn't made within {EXPORT_SECONDS:.0f} s.")
            time.sleep(POLL_SECONDS)
        _check(answer)
        return answer.content

    def _csrf(self, path: str) -> str:
        match = _CSRF.search(self.get(path))
        if match is None:
            raise LocalError(f"{self.url}{path} isn't a page of GAS.")
        return unescape(match.group(1))

    def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **options)
        except httpx.TimeoutException as error:
            raise LocalError(
                f"{self.url}{path} didn't answer within {REQUEST_SECONDS:.0f} s. "
                "Check the platform: ./gas status"
            ) from error
        except httpx.TransportError as error:
            raise LocalError(f"No site answers at {self.url}. Start one: ./gas up") from error


def _post_file(upload: Upload, path: Path) -> None:
    """POST the form to the storage, with the file as its last part, read while it is sent."""
    with path.open("rb") as file:
        try:
            answer = httpx.post(
                upload.url,
                data=upload.fields,
                files={"file": (path.name, file)},
                timeout=httpx.Timeout(REQUEST_SECONDS, read=STORAGE_SECONDS),
            )
        except httpx.HTTPError as error:
            raise LocalError(f"The upload to the storage broke off: {error}.") from error
    if answer.is_error:
        raise LocalError(_storage_refusal(answer.status_code, answer.text))


def _storage_refusal(status: int, xml: str) -> str:
    match = re.search(r"<Message>([^<]*)</Message>", xml)
    reason = unescape(match.group(1)) if match else "no reason given"
    return f"The storage refused the file (HTTP {status}): {reason}"


def _accepted(answer: httpx.Response) -> dict[str, Any]:
    _check(answer)
    body: dict[str, Any] = answer.json()
    return body


def _check(answer: httpx.Response) -> None:
    """Raise LocalError for an error, with the site's message if there is one."""
    if answer.is_success:
        return
    answer.read()  # a streamed answer hasn't been read yet
    message = ""
    if answer.headers.get("Content-Type", "").startswith("application/json"):
        message = str(answer.json().get("error", ""))
    raise LocalError(message or f"{answer.url} answered HTTP {answer.status_code}.")
