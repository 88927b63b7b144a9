"""The web app on a real emulator, and a browser's side of its conversation."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from runtime.common.job import Job
from runtime.common.messages import Removal
from runtime.common.reference import Reference
from runtime.common.users import Role, User
from runtime.contract.processes import WebConfig
from runtime.web.context import EXTENSION
from runtime.web.services.registry import Services
from tests.emulator import Emulator
from tests.jobs import JobStore
from tests.unit.topics import ReadableTopic

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_s3 import S3Client

SITE_URL = "http://127.0.0.1:4621"
API_ORIGIN = "https://portal.example.org"
DOCS_URL = "https://docs.example.org/gas"
SECRET = "a secret of the tests, long enough to sign with"
MAIL_SENDER = "gas@example.org"
PASSWORD = "correct horse battery staple"
CLIENT_TRIES = 10_000
FREE_MAX_UPLOAD_BYTES = 150_000
FREE_RETENTION_SECONDS = 1_800
VCF = (
    b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    b"MT\t73\t.\tA\tG\t.\t.\t.\n"
)


@dataclass(frozen=True)
class Site:
    """The app, the AWS parts behind it, and what tests need to look into them."""

    app: Flask
    config: WebConfig
    services: Services
    s3: "S3Client"
    requests: ReadableTopic
    annotations: "Table"
    users: "Table"

    @cached_property
    def jobs(self) -> JobStore:
        """All that annotators and others do to the jobs."""
        return JobStore(self.annotations)

    @property
    def reference(self) -> Reference:
        """The default reference."""
        return self.services.references.default

    def replace_variants(self, **parts: Any) -> None:
        """Give the app's variant service other parts, such as a cache with less space."""
        variants = replace(self.services.variants, **parts)
        self.app.extensions[EXTENSION] = replace(self.services, variants=variants)

    def user(self, name: str = "Ada", role: Role = Role.FREE_USER) -> User:
        """Create a user whose password is `PASSWORD`."""
        email = f"{name.lower()}-{uuid.uuid4().hex[:8]}@example.org"
        return self.services.users.create(
            email=email, name=name, password=PASSWORD, role=role, email_verified=True
        )

    def job(
        self,
        user: User,
        file_name: str = "sample.vcf",
        *,
        submitted: int = 0,
        reference: str | None = None,
        input_size: int | None = None,
    ) -> Job:
        """Create a PENDING job of `user`, now or at an epoch second, with the default reference."""
        job_id = str(uuid.uuid4())
        jobs = JobStore(self.annotations, lambda: submitted) if submitted else self.jobs
        return jobs.create(
            job_id=job_id,
            user_id=user.user_id,
            input_file_name=file_name,
            s3_inputs_bucket=self.config.inputs_bucket,
            s3_key_input_file=f"users/{user.user_id}/{job_id}/{file_name}",
            reference=reference or self.reference.name,
            input_size=input_size,
        )

    def removal_messages(self) -> list[Removal]:
        """Return the messages on the removals queue since the last call."""
        queue = self.services.job_changes.removal.removals
        found = []
        while messages := queue.sqs.receive_message(QueueUrl=queue.url).get("Messages"):
            for message in messages:
                queue.sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"])
                found.append(Removal.from_body(message["Body"]))
        return found

    def visitor(self) -> "Browser":
        """Return a browser in which nobody is signed in."""
        return Browser(self.app.test_client())

    def browser(self, user: User) -> "Browser":
        """Return a browser in which `user` has signed in."""
        browser = self.visitor()
        answer = browser.sign_in(user.email)
        assert answer.status_code == 303, answer.text
        return browser


@dataclass
class Browser:
    """What a browser does with the pages."""

    client: FlaskClient

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """Ask for a page as browsers do."""
        headers = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
        return self.client.get(path, headers=headers, **kwargs)

    def csrf_token(self) -> str:
        """Return the token that pages for people signed in carry, and the sign-in form."""
        page = self.get("/upload", follow_redirects=True).text
        found = re.search(r'name="csrf[-_]token" (?:content|value)="([^"]+)"', page)
        assert found
        return found[1]

    def sign_in(self, email: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        """Send the sign-in form."""
        token = self.csrf_token()
        form = {"email": email, "password": password, "csrf_token": token, "next": "", **fields}
        return self.client.post("/sign-in", data=form)

    def post_form(self, path: str, **fields: str) -> TestResponse:
        """Send a form with the page's token, as a browser without scripts does."""
        headers = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
        form = {"csrf_token": self.csrf_token(), **fields}
        return self.client.post(path, data=form, headers=headers)

    def post(self, path: str, **form: str) -> TestResponse:
        """Send a form from a page of this site: with the session's token, and the page's origin."""
        signed_in = self.client.get_cookie("gas") is not None
        token = {"csrf_token": self.csrf_token()} if signed_in else {}
        return self.client.post(path, data={**token, **form}, headers={"Origin": SITE_URL})

    def post_json(self, path: str, body: object) -> TestResponse:
        """POST JSON with the page's token, as our scripts do."""
        return self.client.post(path, json=body, headers={"X-CSRFToken": self.csrf_token()})

    def open_upload(self, name: str, size: int) -> dict[str, Any]:
        """Ask for an upload, which is granted."""
        answer = self.post_json("/uploads", {"file_name": name, "size": size})
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.get_json()
        return body

    def upload(self, name: str = "sample.vcf", content: bytes = VCF) -> str:
        """Ask for an upload and send the file to S3; return the ticket."""
        opened = self.open_upload(name, len(content))
        assert send(opened, content).status_code == 204
        return str(opened["token"])


def send(opened: dict[str, Any], content: bytes, **fields: str) -> httpx.Response:
    """POST a file to S3 as the browser does; `fields` take the place of signed ones."""
    return httpx.post(
        opened["url"], data=opened["fields"] | fields, files={"file": content}, timeout=30
    )


@contextmanager
def environment_of(emulator: Emulator) -> Iterator[None]:
    """Let boto3 find the emulator. Clients read the environment when they are made, and keep it."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in emulator.environment.items():
            patch.setenv(name, value)
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        yield
