"""What S3 has restored goes back where it was, once, whatever happens in between."""

import pytest

from runtime.common.job import Job, ResultState
from runtime.common.messages import JobResult, PlanChange
from runtime.common.restore_events import RestoreCompleted
from tests.unit.delivery import delivery
from tests.unit.retention.seam import Crash, crash
from tests.unit.retention.stage import STAYS
from tests.unit.retention.world import World


def test_should_bring_it_back_when_the_event_comes_before_the_write(world: World) -> None:
    owner = world.user()
    [job] = world.archived(owner)
    world.upgrade(owner)

    def event_first() -> None:
        world.wait_until_readable(job)
        world.thaw_now(job)
        world.assert_back(job)

    world.seam.at("after RestoreObject", event_first)
    world.restore_now(PlanChange(user_id=owner.user_id))
    world.assert_back(job)


def test_should_ask_again_when_the_restored_copy_has_expired(world: World) -> None:
    owner = world.user()
    [job] = world.archived(owner)
    world.upgrade(owner)
    world.states.restoring(job, due=int(world.clock()) + 5)  # S3 holds no restored copy of it
    world.clock.advance(60)
    world.thaw_now(job)
    assert world.job(job).restore_due == int(world.clock()) + 300
    world.wait_until_readable(job)
    world.thaw_now(job)
    world.assert_back(job)


def test_should_leave_nothing_when_the_job_is_removed_while_it_is_brought_back(
    world: World,
) -> None:
    owner = world.user()
    [job] = world.archived(owner)
    world.restore_now(world.upgrade(owner))
    world.wait_until_readable(job)
    world.seam.at("after CopyObject", lambda: world.removed(job))
    world.thaw_now(job)
    assert world.archive_versions(job) == set()
    assert world.names_in_results(job) == set()


def readable(world: World, count: int) -> list[Job]:
    """Jobs of one user, whose archived results S3 has restored."""
    owner = world.user()
    jobs = world.archived(owner, count)
    world.restore_now(world.upgrade(owner))
    for job in jobs:
        world.wait_until_readable(job)
    return jobs


def calls_of_a_thaw(world: World, job: Job) -> list[int]:
    """Thaw a job; return the numbers of the moments after each call."""
    world.seam.calls.clear()
    world.thaw_now(job)
    return [n for n, call in enumerate(world.seam.calls) if call.startswith("after")]


def test_should_finish_what_it_began_when_thaw_dies_after_any_call(world: World) -> None:
    jobs = readable(world, 11)
    effects = [
        n
        for n in calls_of_a_thaw(world, jobs[0])
        if "Get" not in world.seam.calls[n] and "Head" not in world.seam.calls[n]
    ]
    assert 5 <= len(effects) < len(jobs)
    for number, job in zip(effects, jobs[1:], strict=False):
        world.seam.at_number(number, crash)
        with pytest.raises(Crash):
            world.thaw_now(job)
        world.thaw_now(job)
        world.assert_back(job)


def test_should_be_back_once_when_two_instances_thaw_between_any_two_calls(world: World) -> None:
    jobs = readable(world, 20)
    other = world.new_thawer()
    after = calls_of_a_thaw(world, jobs[0])
    assert 10 <= len(after) < len(jobs)
    for number, job in zip(after, jobs[1:], strict=False):
        event = RestoreCompleted.of(job.result_keys.vcf)
        world.seam.at_number(number, lambda event=event: other(event, delivery()))  # type: ignore[misc]
        world.thaw_now(job)
        world.assert_back(job)


def test_should_leave_nothing_outside_the_archive_when_thaw_slept_until_it_was_archived_again(
    world: World,
) -> None:
    owner = world.user()
    [job] = world.archived(owner)
    world.restore_now(world.upgrade(owner))
    world.wait_until_readable(job)
    other = world.new_thawer()

    def meanwhile() -> None:
        other(RestoreCompleted.of(job.result_keys.vcf), delivery())
        world.clean_up_now()
        world.cancel(owner)
        world.clock.advance(world.free_seconds)
        world.archive_now(job)

    world.seam.at("before CopyObject", meanwhile)
    world.thaw_now(job)
    now = world.job(job)
    assert now.result_state is ResultState.ARCHIVED
    assert world.names_in_results(job) == STAYS
    assert world.archive_versions(job) == set(now.archive_versions.values())


def test_should_set_the_timer_again_when_a_free_users_result_is_thawed_twice(
    world: World,
) -> None:
    owner = world.user()
    [job] = world.archived(owner)
    world.restore_now(world.upgrade(owner))
    world.wait_until_readable(job)
    world.cancel(owner)
    world.seam.crash_at("after UpdateItem")
    with pytest.raises(Crash):
        world.thaw_now(job)
    world.thaw_now(job)
    world.assert_back(job)
    assert world.archive_queue.count_delayed() == 1
    [message] = world.archive_queue.take_all()
    assert JobResult.from_body(message).job_id == job.job_id


@pytest.mark.parametrize(
    "body",
    [
        '{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-01-01","Bucket":"b"}',
        '{"Records":[{"eventName":"ObjectRestore:Post","s3":{"object":{"key":"users/a/b/x"}}}]}',
        '{"Records":[{"eventName":"ObjectRestore:Completed","s3":{"object":{"key":"x"}}}]}',
        RestoreCompleted.of("users/nobody/no-job/x.annot.vcf.gz").to_body(),
    ],
)
def test_should_take_no_harm_when_an_event_is_about_nothing(world: World, body: str) -> None:
    world.thawer(RestoreCompleted.from_body(body), delivery())


def test_should_read_the_key_as_s3_writes_it() -> None:
    key = "users/a/b/x (1)+y.annot.vcf.gz"
    assert RestoreCompleted.of(key).records[0].key == key
    assert RestoreCompleted.from_body(RestoreCompleted.of(key).to_body()).records[0].key == key
    assert "x+%281%29%2By" in RestoreCompleted.of(key).to_body()
