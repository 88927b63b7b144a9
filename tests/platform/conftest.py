"""People who use the deployed platform by its HTTP, each test with a user of its own."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.aws.ec2.auto_scaling_groups import read_capacities
from local.aws.ec2.group_instances import GroupInstances
from local.site_answers import JobView, SubmittedJob
from local.site_client import SiteClient
from runtime.common.api_tokens import ApiTokens, Scope
from runtime.common.job import Job
from runtime.common.owned_items import OwnedItems
from tests.cloud import DeployedCloud
from tests.waiting import wait_until

JOB_SECONDS = 120.0
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Person:
    """Somebody with an account, signed in."""

    cloud: DeployedCloud
    user_id: str
    email: str
    site: SiteClient

    def submit(self, file: Path) -> SubmittedJob:
        return self.site.submit(file)

    def wait(self, job_id: str, seconds: float = JOB_SECONDS) -> JobView:
        return self.site.wait(job_id, seconds=seconds, on_progress=lambda _status, _percent: None)

    def token(self) -> str:
        """Make a token of the API with all scopes."""
        table = self.cloud.account.dynamodb().Table(self.cloud.outputs["OwnedItemsTable"])
        tokens = ApiTokens(OwnedItems(table))
        return tokens.create(self.user_id, name=uuid.uuid4().hex, scopes=Scope, days=1)[1]

    def annotate(self, file: Path) -> Job:
        """Submit, wait for the end, and return the job as the table holds it."""
        job_id = self.submit(file).job_id
        self.wait(job_id)
        return self.cloud.jobs.require(job_id)


@pytest.fixture
def people(cloud: DeployedCloud) -> Iterator["People"]:
    people = People(cloud)
    yield people
    people.leave()


@pytest.fixture
def person(people: "People") -> Person:
    return people.new()


class People:
    """Makes users, and signs them in."""

    def __init__(self, cloud: DeployedCloud) -> None:
        self._cloud = cloud
        self._sites: list[SiteClient] = []

    def new(self) -> Person:
        email = f"{uuid.uuid4().hex}@example.org"
        user = self._cloud.new_user(email, PASSWORD)
        site = SiteClient(self._cloud.site_url)
        self._sites.append(site)
        site.sign_in(email, PASSWORD)
        return Person(self._cloud, user.user_id, email, site)

    def leave(self) -> None:
        for site in self._sites:
            site.close()


@pytest.fixture
def annotators(cloud: DeployedCloud) -> Iterator[GroupInstances]:
    """The annotators, as many as before at the end."""
    members = cloud.platform.instances.of_group("annotator")
    before = read_capacities(cloud.account)[members.group.name].desired
    yield members
    cloud.account.client("autoscaling").set_desired_capacity(
        AutoScalingGroupName=members.group.name, DesiredCapacity=before
    )
    wait_until(lambda: len(members.instances) == before, f"{before} annotators are left")
