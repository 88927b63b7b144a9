"""Load tests against the deployed platform: short ones, with all that they leave and remove."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from loadtest.annotator_run import Annotators, load_annotators
from loadtest.deployment import Deployment
from loadtest.history import Look
from loadtest.profiles import HOME, RESEARCHER
from loadtest.removal import read_accounts, remove_accounts
from loadtest.result import INTERRUPTED, Result
from loadtest.rhythm import Rhythm
from loadtest.settings import Settings
from loadtest.site_load import Load, Site, load_site
from local.aws.ec2.group_instances import GroupInstances
from local.aws.outbox import outbox_url
from local.commands.loadtest_report import publish_result
from local.commands.loadtests import STACKS, snapshot
from local.commands.scaling_record import scaling_record
from tests.cloud import DeployedCloud

TIME_SCALE = 30
PACE = "a minute of the alarms lasted 2 s"

RHYTHM = Rhythm(every_s=10, burst=12)
"""More than the 10 messages in 5 minutes that the rule tolerates, with time to spare."""


@pytest.fixture
def look(cloud: DeployedCloud) -> Iterator[Look]:
    """The platform, scaling; on the one that tests deploy, groups keep their size otherwise."""
    with cloud.platform.autoscaler(TIME_SCALE) as autoscaler:
        yield lambda: snapshot(scaling_record(cloud.platform, autoscaler))


def figures(result: Result) -> dict[str, str]:
    return {row.what: row.here for row in result.figures}


def counts(cloud: DeployedCloud) -> dict[str, int]:
    """How many users and jobs there are."""
    tables = ("UsersTable", "AnnotationsTable")
    dynamodb = cloud.account.dynamodb()
    return {name: dynamodb.Table(cloud.outputs[name]).scan()["Count"] for name in tables}


def test_should_count_every_request_and_tell_of_the_fleet_when_the_home_page_is_loaded(
    cloud: DeployedCloud, look: Look, tmp_path: Path
) -> None:
    load = Load(users=10, users_per_s=10, seconds=60, max_requests=30)
    site = Site(url=cloud.site_url, look=look, pace=PACE)
    settings = Settings(folder=tmp_path, max_requests=load.max_requests)

    result = load_site(HOME, load, site, settings, tmp_path)
    code = publish_result(result, tmp_path, None, Console(quiet=True))

    assert (code, result.faults) == (0, [])
    assert 30 <= int(figures(result)["requests"]) <= 40  # those under way at the bound count too
    assert figures(result)["failures"] == "0"
    assert result.history.desired_capacities("web")[0] == 2
    assert len(result.history.alarms(["web"])) == 3
    report = (tmp_path / "report.html").read_text()
    assert "29,458" in report
    assert "High-Sum-HTTP-2XXs" in report
    assert (tmp_path / "load-home.png").stat().st_size > 10_000


def test_should_open_accounts_do_jobs_and_leave_nothing_when_researchers_come(
    cloud: DeployedCloud, look: Look, sample: Path, tmp_path: Path
) -> None:
    before = counts(cloud)
    load = Load(users=2, users_per_s=2, seconds=60, max_requests=40)
    settings = Settings(
        folder=tmp_path,
        max_requests=load.max_requests,
        vcf=sample,
        outbox_url=outbox_url(cloud.account),
    )
    site = Site(url=cloud.site_url, look=look, pace=PACE)

    result = load_site(RESEARCHER, load, site, settings, tmp_path)
    accounts = read_accounts(settings.accounts_file)
    made = [user for email in accounts if (user := cloud.users.by_email(email))]
    left = remove_accounts(Deployment.find(cloud.account, STACKS), accounts)

    assert (result.faults, left) == ([], [])
    assert [user.email_verified for user in made] == [True, True]
    requests = {row[1]: int(row[2]) for row in result.tables[0].rows}
    assert requests["/register"] == requests["/sign-in"] == requests["/confirm/[token]"] == 2
    assert requests["upload to COMPLETED"] == requests["/jobs/[id]/download"] > 0
    assert counts(cloud) == before


def test_should_remove_its_jobs_and_their_owner_when_it_is_ended_early(
    cloud: DeployedCloud, sample: Path
) -> None:
    before = counts(cloud)
    shown: list[str] = []

    def interrupt(progress: str) -> None:
        shown.append(progress)
        if progress.startswith("2 of 50") and not any("early" in text for text in shown):
            raise KeyboardInterrupt

    to = Annotators(
        deployment=Deployment.find(cloud.account, STACKS),
        vcf=sample,
        reference="rcrs",
        look=lambda: None,
        scale=60,
        pace=PACE,
    )
    result = load_annotators(Rhythm(every_s=60, burst=50), to, interrupt)

    assert result.faults == [INTERRUPTED]
    assert figures(result)["jobs published"] == figures(result)["jobs COMPLETED"] == "2"
    assert counts(cloud) == before


def test_should_scale_out_and_in_and_do_every_job_when_annotators_are_loaded(
    cloud: DeployedCloud, look: Look, sample: Path, annotators: GroupInstances, tmp_path: Path
) -> None:
    before = counts(cloud)
    to = Annotators(
        deployment=Deployment.find(cloud.account, STACKS),
        vcf=sample,
        reference="rcrs",
        look=look,
        scale=TIME_SCALE,
        pace=PACE,
    )

    result = load_annotators(RHYTHM, to, lambda _progress: None)
    code = publish_result(result, tmp_path, None, Console(quiet=True))

    assert (code, result.faults) == (0, [])
    assert figures(result)["jobs published"] == str(RHYTHM.jobs)
    assert figures(result)["jobs COMPLETED"] == str(RHYTHM.jobs)
    activities = result.history.activities(["annotator"])
    assert [(activities[0].capacity_from, activities[0].capacity_to)] == [(2, 3)]
    assert activities[-1].capacity_to == 2
    # The jobs of a test before this one may still count.
    assert re.search(
        r"in ALARM at 1[1-9]: Sum of NumberOfMessagesSent > 10 over 300 s", activities[0].cause
    )
    assert "Sum of NumberOfMessagesSent < 5 over 60 s, 2 of 2 times" in activities[-1].cause
    assert "2 → 3" in (tmp_path / "report.html").read_text()
    assert (tmp_path / "load-annotator.png").stat().st_size > 10_000
    assert counts(cloud) == before
