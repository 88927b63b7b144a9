"""The processes as instances start them: an archive and a restore."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from runtime.common.job import ResultState
from runtime.common.messages import JobResult, PlanChange
from runtime.common.users import Role
from runtime.contract.environment import variable_name
from tests.emulator import REGION
from tests.unit.outbox import Outbox
from tests.unit.retention.stage import GOES, STAYS
from tests.unit.retention.world import World
from tests.waiting import wait_until

SENDER = "plans@example.org"
PROCESSES = {
    "archive": ("runtime.retention", "archive"),
    "restore": ("runtime.retention", "restore"),
    "thaw": ("runtime.retention", "thaw"),
    "cleanup": ("runtime.cleanup",),
}
"""The module and arguments of each."""


@pytest.fixture
def outbox(world: World) -> Outbox:
    """What is mailed from now on; SES knows the sender."""
    return Outbox(world.emulator, SENDER)


@contextmanager
def process(world: World, name: str, log: Path) -> Iterator[None]:
    """Run a process of an instance until the block ends."""
    values = {
        "stage": "test",
        "region": REGION,
        "results_bucket": world.results,
        "archive_bucket": world.archive,
        "annotations_table": world.annotations.name,
        "users_table": world.users._table.name,
        "ephemeral_table": world.watched_ephemeral.name,
        "job_results_archive_queue_url": world.archive_queue.url,
        "restore_requests_queue_url": world.restore_requests.url,
        "restore_completed_queue_url": world.restore_completed.url,
        "result_moves_topic_arn": world.result_moves.topic.arn,
        "surplus_copies_queue_url": world.surplus_copies.url,
        "free_retention_seconds": "1800",
        "archive_storage_class": "GLACIER",
        "restore_tier": "Expedited",
        "mail_sender": SENDER,
        "site_url": "http://127.0.0.1:4621",
    }
    variables = {variable_name(field): value for field, value in values.items()}
    with log.open("wb") as output:
        started = subprocess.Popen(
            [sys.executable, "-m", *PROCESSES[name]],
            env={**world.emulator.environment, **variables, "PATH": "/usr/bin:/bin"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield
    finally:
        started.terminate()
        assert started.wait(timeout=60) == 0, log.read_text()


def test_should_go_and_come_back_byte_for_byte_when_the_processes_run(
    world: World, outbox: Outbox, tmp_path: Path
) -> None:
    world.clock.now = 1_000_000_000  # long ago, for the processes, whose clock is the real one
    job = world.due(world.user())
    before = world.contents(job)
    assert before.keys() == GOES | STAYS
    with ExitStack() as stack:
        for name in PROCESSES:
            stack.enter_context(process(world, name, tmp_path / f"{name}.log"))
        world.archive_queue.send(JobResult.of(job).to_body())
        wait_until(lambda: world.job(job).result_state is ResultState.ARCHIVED, "archived")
        wait_until(lambda: world.names_in_results(job) == STAYS, "gone")

        world.change_role(job.user_id, Role.PREMIUM_USER)
        world.restore_requests.send(PlanChange(user_id=job.user_id).to_body())
        wait_until(lambda: world.job(job).result_state is ResultState.AVAILABLE, "back")
        wait_until(lambda: not world.archive_versions(job), "the archive's versions are gone")
        wait_until(lambda: len(outbox.messages()) == 1, "the mail")
    assert world.contents(job) == before
    [mail] = outbox.messages()
    assert mail.subject == "Your archived results have been restored"
