"""`./gas check`: whether a site works, on the laptop or anywhere else."""

import time

from rich.console import Console

from local.commands.person import Person
from local.errors import LocalError
from local.progress import Step, Steps
from local.site_check import annotate_sample, delete_job
from local.site_client import SiteClient

HEALTH_SECONDS = 60.0
"""Just after a deployment an instance may still be starting, and on a busy one a probe be slow."""


def check(person: Person, *, seconds: float, console: Console) -> None:
    """Go the way of a user: sign in, annotate the sample, compare the result, delete the job.

    A job that fails the check stays, to be looked at.

    Raises:
        LocalError: a step failed; the message says why.
    """
    with Steps(console) as steps, SiteClient(person.url) as site:
        with steps.step("Health") as step:
            _wait_until_healthy(site, step)
            step.detail = person.url
        with steps.step("Sign in") as step:
            step.detail = person.email
            site.sign_in(person.email, person.password)
        with steps.step("Annotate the sample") as step:

            def show(status: str, percent: int) -> None:
                step.detail = f"{status} {percent} %"

            checked = annotate_sample(site, seconds=seconds, on_progress=show)
            step.detail = f"{checked.annotated} of {checked.records} records have annotations"
        with steps.step("Delete the job"):
            delete_job(site, checked.job)
    console.print(f"{person.url} works.", soft_wrap=True, highlight=False)


def _wait_until_healthy(site: SiteClient, step: Step) -> None:
    deadline = time.monotonic() + HEALTH_SECONDS
    while True:
        try:
            site.get("/health")
        except LocalError as error:
            if time.monotonic() > deadline:
                raise
            step.detail = f"waiting: {error}"
            time.sleep(1)
        else:
            return
