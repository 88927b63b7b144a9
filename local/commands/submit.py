"""`./gas submit`: annotates a file from the terminal."""

import os
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console

from local.demo_user import read_demo_user
from local.errors import LocalError
from local.host import run_state
from local.host.folder import Folder
from local.progress import Steps
from local.site_answers import SubmittedJob
from local.site_client import SiteClient
from local.upload_check import check_whole, choose_reference
from runtime.common.keys import ResultNames, check_file_name

PASSWORD_VARIABLE = "GAS_PASSWORD"  # noqa: S105 - a variable's name


@dataclass(frozen=True)
class Person:
    """The user who submits, and the site."""

    url: str
    email: str
    password: str


@dataclass(frozen=True)
class Submission:
    """The file, where its result goes, and its reference: the one that fits the file if None."""

    file: Path
    out: Path | None
    force: bool
    seconds: float
    reference: str | None = None

    @property
    def target(self) -> Path:
        """Where the annotated VCF is saved.

        Raises:
            LocalError: the service doesn't accept the file's name.
        """
        if self.out is not None:
            return self.out
        try:
            return self.file.with_name(ResultNames.of(check_file_name(self.file.name)).vcf)
        except ValueError as error:
            raise LocalError(str(error)) from error


def find_person(folder: Folder, *, url: str | None, email: str | None) -> Person:
    """Return the demo user of the running platform, or the user of the options.

    Raises:
        LocalError: no platform runs here, and no URL was given.
    """
    site = url or run_state.require_running(folder).site_url
    demo = read_demo_user(folder)
    if demo is not None and email in (None, demo.email) and PASSWORD_VARIABLE not in os.environ:
        return Person(site, demo.email, demo.password)
    address = email or typer.prompt("Email")
    password = os.environ.get(PASSWORD_VARIABLE) or typer.prompt("Password", hide_input=True)
    return Person(site, address, password)


def submit(submission: Submission, person: Person, console: Console) -> None:
    """Upload the file, wait for its job and save the annotated VCF.

    Raises:
        LocalError: a step failed; the message says why.
    """
    target = submission.target
    _require_writable(target, force=submission.force)
    site = SiteClient(person.url)
    try:
        with Steps(console) as steps:
            with steps.step("Sign in") as step:
                step.detail = person.email
                site.sign_in(person.email, person.password)
            with steps.step("Check the file") as step:

                def show(share: float) -> None:
                    step.detail = f"{share:.0%} read"

                check_whole(submission.file, show)
                choice = choose_reference(submission.file, site, submission.reference)
                step.detail = f"reference {choice.reference}; assembly {choice.assembly}"
            if choice.text:
                console.print(choice.text, soft_wrap=True, markup=False)
            with steps.step("Upload") as step:
                step.detail = submission.file.name
                job = site.submit(submission.file, reference=choice.reference)
            _wait(site, job, submission.seconds, steps)
            with steps.step("Download"):
                site.download(job.job_id, target)
    finally:
        site.close()
    console.print(f"{target}\n{job.url}", soft_wrap=True)


def _require_writable(target: Path, *, force: bool) -> None:
    """Check at the start what would otherwise fail at the end."""
    if target.is_dir():
        raise LocalError(f"{target} is a folder. Name a file with --out.")
    if not target.parent.is_dir():
        raise LocalError(f"There is no folder {target.parent}. Create it, or choose another --out.")
    if target.exists() and not force:
        raise LocalError(
            f"{target} exists. Overwrite it with --force, or choose another file with --out."
        )


def _wait(site: SiteClient, job: SubmittedJob, seconds: float, steps: Steps) -> None:
    with steps.step("Annotate") as step:

        def show(status: str, percent: int) -> None:
            step.detail = f"{status} {percent} %"

        view = site.wait(job.job_id, seconds=seconds, on_progress=show)
        if view.job_status != "COMPLETED":
            raise LocalError(f"The job failed: {view.error}\n{job.url}")
