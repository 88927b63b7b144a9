"""The users that Locust simulates, in a process of its own: it patches sockets.

https://docs.locust.io/en/stable/writing-a-locustfile.html
"""

import csv
import json
import secrets
import time
import uuid
from typing import Any

import gevent
import httpx
from locust import FastHttpUser, HttpUser, between, events, stats, task
from locust.clients import ResponseContextManager
from locust.env import Environment
from locust.exception import StopUser
from locust.stats import StatsCSV

from loadtest.locust_files import FINAL_FAILURES, FINAL_REQUESTS
from loadtest.pages import Page, confirmation_path, read_page
from loadtest.settings import Settings

MAIL_SECONDS = 30.0
JOB_SECONDS = 120.0
POLL_SECONDS = 1.0
REQUEST_SECONDS = 30.0

SETTINGS = Settings.of()

# Locust's `add_listener` has no types, hence the `type: ignore` comments below.


def limit_requests(environment: Environment, **_: Any) -> None:
    """End the run after `max_requests`; requests in progress still count."""
    left = SETTINGS.max_requests

    def count(**_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0 and environment.runner is not None:
            gevent.spawn(environment.runner.quit)

    environment.events.request.add_listener(count)  # type: ignore[no-untyped-call]


events.init.add_listener(limit_requests)  # type: ignore[no-untyped-call]


def write_final_figures(environment: Environment, **_: Any) -> None:
    """Write the figures once no request is in progress any more."""

    def write(**_: Any) -> None:
        final = StatsCSV(environment, stats.PERCENTILES_TO_REPORT)
        with (SETTINGS.folder / FINAL_REQUESTS).open("w", newline="", encoding="utf-8") as file:
            final.requests_csv(csv.writer(file))
        with (SETTINGS.folder / FINAL_FAILURES).open("w", newline="", encoding="utf-8") as file:
            final.failures_csv(csv.writer(file))

    environment.events.quit.add_listener(write)  # type: ignore[no-untyped-call]


events.init.add_listener(write_final_figures)  # type: ignore[no-untyped-call]


class HomePage(FastHttpUser):
    """Opens the home page every one to three seconds, as in the original."""

    wait_time = between(1, 3)
    insecure = False

    @task
    def look(self) -> None:
        """Open the home page."""
        self.client.get("/")


class RegisterPage(FastHttpUser):
    """Opens the registration page every one to three seconds, as in the original."""

    wait_time = between(1, 3)
    insecure = False

    @task
    def look(self) -> None:
        """Open the registration page."""
        self.client.get("/register")


class Researcher(HttpUser):
    """Opens an account, and annotates a file again and again."""

    wait_time = between(1, 5)

    def on_start(self) -> None:
        """Register, confirm the address, sign in."""
        self.email = f"loadtest-{uuid.uuid4().hex}@example.org"
        self.password = secrets.token_urlsafe(16)
        note_account(self.email)
        person = {"name": "Load Test", "email": self.email, "password": self.password}
        self._send_form("/register", "/register", person)
        path = self._confirmation_path()
        page = self._page(path, "/confirm/[token]")
        self._send(page, path, "/confirm/[token]", {})
        self._send_form("/sign-in", "/sign-in", person)

    @task
    def annotate(self) -> None:
        """Upload a file, wait for its job, read the result and download it."""
        began = time.monotonic()
        job_id = self._submit()
        error = self._wait(job_id)
        self.environment.events.request.fire(
            request_type="JOB",
            name="upload to COMPLETED",
            response_time=(time.monotonic() - began) * 1000,
            response_length=0,
            exception=error,
            context={},
        )
        if error is None:
            self._page(f"/jobs/{job_id}", "/jobs/[id]")
            self._page(f"/jobs/{job_id}/variants", "/jobs/[id]/variants")
            with self.client.get(
                f"/jobs/{job_id}/download",
                name="/jobs/[id]/download",
                timeout=REQUEST_SECONDS,
                catch_response=True,
            ) as answer:
                if answer.ok and not answer.content.startswith(b"\x1f\x8b"):
                    answer.failure("the download is no gzip file")

    def _submit(self) -> str:
        """Upload the file and start its job; return the job's id."""
        if SETTINGS.vcf is None:
            raise RuntimeError("a researcher needs a file to upload")
        headers = {"X-CSRFToken": self._page("/upload", "/upload").csrf_token}
        content = SETTINGS.vcf.read_bytes()
        wanted = {"file_name": SETTINGS.vcf.name, "size": len(content)}
        signed = self._json("/uploads", wanted, headers)
        self._checked(
            self.client.post(
                signed["url"],
                name="S3 upload",
                data=signed["fields"],
                files={"file": (SETTINGS.vcf.name, content)},
                timeout=REQUEST_SECONDS,
            )
        )
        return str(self._json("/jobs", {"token": signed["token"]}, headers)["job_id"])

    def _wait(self, job_id: str) -> Exception | None:
        """Wait until a job has ended; return an error unless it is COMPLETED."""
        deadline = time.monotonic() + JOB_SECONDS
        while time.monotonic() < deadline:
            answer = self._checked(
                self.client.get(
                    f"/jobs/{job_id}/status", name="/jobs/[id]/status", timeout=REQUEST_SECONDS
                )
            ).json()
            if answer["job_status"] == "COMPLETED":
                return None
            if answer["job_status"] == "FAILED":
                return RuntimeError(f"a job FAILED: {answer['error']}")
            gevent.sleep(POLL_SECONDS)
        return TimeoutError(f"a job had not ended after {JOB_SECONDS:.0f} s")

    def _confirmation_path(self) -> str:
        """Wait for the confirmation email; return the path of its link."""
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            for text in read_emails(self.email):
                path = confirmation_path(text)
                if path is not None:
                    return path
            gevent.sleep(POLL_SECONDS)
        self._give_up(TimeoutError(f"no confirmation email arrived within {MAIL_SECONDS:.0f} s"))
        raise StopUser

    def _send_form(self, path: str, action: str, values: dict[str, str]) -> None:
        """Fill in the form of a page, and send it."""
        self._send(self._page(path, path), action, path, values)

    def _send(self, page: Page, action: str, name: str, values: dict[str, str]) -> None:
        try:
            form = page.form(action)
        except ValueError as error:
            self._give_up(error)
            raise StopUser from error
        known = {key: value for key, value in values.items() if key in form.fields}
        self._checked(
            self.client.post(
                action,
                data=form.fields | known,
                # As every browser sends it. Visitors' forms have no token, and need it.
                headers={"Origin": self.client.base_url.rstrip("/")},
                name=name,
                timeout=REQUEST_SECONDS,
            )
        )

    def _page(self, path: str, name: str) -> Page:
        answer = self.client.get(path, name=name, timeout=REQUEST_SECONDS)
        return read_page(self._checked(answer).text)

    def _json(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
        answer = self.client.post(path, json=body, headers=headers, timeout=REQUEST_SECONDS)
        found: dict[str, Any] = self._checked(answer).json()
        return found

    def _checked(self, answer: ResponseContextManager) -> ResponseContextManager:
        """Return an answer. An error, which Locust has counted, ends this user."""
        if not answer.ok:
            raise StopUser
        return answer

    def _give_up(self, error: Exception) -> None:
        """Count a failure that isn't a failed request."""
        self.environment.events.request.fire(
            request_type="USER",
            name="opens an account",
            response_time=0,
            response_length=0,
            exception=error,
            context={},
        )


def note_account(email: str) -> None:
    """Note an account before it is opened, so that it is removed whatever happens."""
    with SETTINGS.accounts_file.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"email": email}) + "\n")


def read_emails(address: str) -> list[str]:
    """Return the texts of the emails to an address, from the laptop's outbox."""
    if SETTINGS.outbox_url is None:
        raise RuntimeError("a researcher reads the laptop's outbox")
    # Not with the user's client: this isn't a request to the site, and must not count as one.
    answer = httpx.get(SETTINGS.outbox_url, timeout=REQUEST_SECONDS)
    answer.raise_for_status()
    return [
        mail["BodyText"] or ""
        for mails in answer.json()["messages"].values()
        for mail in mails
        if address in mail["To"]
    ]
