"""`./gas chaos`, a short form without kills: test_faults.py kills annotators and instances."""

import os
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from chaos.crowds import CrowdSize
from chaos.report import show
from chaos.run import FaultName, Plan, run_chaos
from chaos.target import Target
from loadtest.deployment import Deployment
from local.cloud import LABEL_PREFIX
from local.progress import Steps
from local.sample import Sample
from tests.cloud import DeployedCloud

PLAN = Plan(
    only=frozenset({FaultName.BURST, FaultName.OUTAGE}),
    crowd=CrowdSize(people=3, jobs_each=4, repeats=20),
    outage_jobs=5,
    outage_seconds=5,
    timers=False,
)


@pytest.fixture
def target(cloud: DeployedCloud) -> Target:
    return Target(
        site_url=cloud.site_url,
        account=cloud.account,
        deployment=Deployment.find(cloud.account, LABEL_PREFIX),
        outputs=cloud.platform.outputs,
        root_pid=os.getpid(),
    )


def test_should_lose_nothing_and_leave_nothing_when_requests_repeat_and_aws_does_not_answer(
    cloud: DeployedCloud, target: Target, sample: Path
) -> None:
    dynamodb = cloud.account.dynamodb()
    tables = [dynamodb.Table(cloud.outputs[name]) for name in ("UsersTable", "AnnotationsTable")]
    before = [table.scan()["Count"] for table in tables]
    printed = StringIO()
    console = Console(file=printed, width=120)

    with Steps(console) as steps:
        outcome = run_chaos(target, Sample(sample, "rcrs"), PLAN, steps)

    assert show(outcome, console) == 0, printed.getvalue()
    assert [found.completed for found in outcome.findings] == [12, 5]
    assert "Messages left in queues: 0." in printed.getvalue()
    assert [table.scan()["Count"] for table in tables] == before
