"""A person at a browser, doing what the pages offer."""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

ENDED_WITHIN_MILLISECONDS = 90_000
"""For a small job, on a machine that is busy with other tests."""


@dataclass(frozen=True)
class Person:
    """Somebody with an account, and the page that they look at."""

    page: Page
    email: str
    password: str

    def sign_in(self) -> None:
        """Sign in by the form, which leads to the jobs."""
        self.page.goto("/sign-in")
        self.page.get_by_label("Email address").fill(self.email)
        self.page.get_by_label("Password").fill(self.password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/jobs")

    def choose(self, file: Path) -> None:
        """Choose a file on the upload page."""
        self.page.goto("/upload")
        self.page.get_by_label("VCF file").set_input_files(file)

    def upload(self, file: Path) -> str:
        """Upload a file and land on its job's page; return the job's id."""
        self.choose(file)
        self.page.get_by_role("button", name="Upload and annotate").click()
        self.page.wait_for_url("**/jobs/*-*")
        return self.page.url.rsplit("/", 1)[1]

    def wait_for_state(self, state: str) -> None:
        """Look at the job's page until it shows a state, without touching it."""
        shown = self.page.locator("#job .state")
        expect(shown).to_have_text(state, timeout=ENDED_WITHIN_MILLISECONDS)

    def has_not_reloaded(self) -> bool:
        """Whether the page is the one that `mark` was called on."""
        return bool(self.page.evaluate("window.marked === true"))

    def mark(self) -> None:
        """Leave a mark on the page, which no reload survives."""
        self.page.evaluate("window.marked = true")
