"""Restores that are overdue are looked at, and set going again."""

import pytest

from runtime.common.job import ResultState
from runtime.common.messages import PlanChange, RestoreOverdue
from runtime.retention.sweep import MOST, SWEEP_SECONDS, OverdueSweep
from tests.unit.retention.world import World


@pytest.mark.parametrize("asked", [False, True])
def test_should_set_it_going_again_when_a_restore_is_overdue(
    world: World, asked: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    owner = world.user()
    [job] = world.archived(owner)
    world.upgrade(owner)
    if asked:
        world.restore_now(PlanChange(user_id=owner.user_id))
        world.wait_until_readable(job)
        world.restore_completed.take()  # S3's word is lost
    else:
        world.states.restoring(job, due=int(world.clock()) + 300)
    sweep = OverdueSweep(world.states, world.watched_queue(world.restore_requests), world.clock)
    sweep()
    world.restore_requests.take()
    world.clock.advance(max(SWEEP_SECONDS, 301))
    sweep()
    world.pump(seconds=20, until=lambda: world.job(job).result_state is ResultState.AVAILABLE)
    world.assert_back(job)
    # One that is readable, and waits a little for its turn, isn't worth an alarm.
    assert ("a restore is overdue" in capsys.readouterr().out) is not asked


def test_should_leave_a_restore_alone_when_it_is_not_due(world: World) -> None:
    owner = world.user()
    [job] = world.archived(owner)
    world.restore_now(world.upgrade(owner))
    before = world.job(job)
    world.restore_now(RestoreOverdue(user_id=owner.user_id, job_id=job.job_id))
    assert world.job(job) == before


def test_should_send_for_some_alone_when_very_many_are_overdue(world: World) -> None:
    owner = world.user()
    with world.annotations.batch_writer() as batch:
        for number in range(MOST + 5):
            job = f"job-{number}"
            due = {"restoring_user": owner.user_id, "restore_due": 1}
            batch.put_item(Item={"job_id": job, "user_id": owner.user_id, **due})
    OverdueSweep(world.states, world.watched_queue(world.restore_requests), world.clock)()
    assert world.restore_requests.count() == MOST
