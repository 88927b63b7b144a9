"""Every move of a result is published, also by a process that takes over from one that died."""

import pytest

from runtime.common.job import Job
from runtime.common.messages import ResultMoved
from runtime.common.users import User
from tests.unit.retention.seam import Crash
from tests.unit.retention.world import World


def published(world: World) -> list[ResultMoved]:
    return [ResultMoved.model_validate_json(body) for body in world.result_moves.published()]


def moved(job: Job, move: str, moved_time: int | None) -> ResultMoved:
    return ResultMoved.model_validate(
        {
            "user_id": job.user_id,
            "job_id": job.job_id,
            "move": move,
            "result_epoch": job.result_epoch,
            "moved_time": moved_time,
        }
    )


def restored(world: World, owner: User) -> Job:
    """Archive a result, and have S3 restore it; it isn't brought back yet."""
    [job] = world.archived(owner)
    world.restore_now(world.upgrade(owner))
    world.wait_until_readable(job)
    published(world)
    return job


def test_should_publish_the_move_when_a_result_is_archived(world: World) -> None:
    job = world.due(world.user())
    world.archive_now(job)
    after = world.job(job)
    assert published(world) == [moved(after, "archived", after.archive_time)]


def test_should_publish_nothing_when_a_result_stays(world: World) -> None:
    world.archive_now(world.completed(world.user()))
    assert published(world) == []


def test_should_publish_the_move_when_a_result_is_back(world: World) -> None:
    job = restored(world, world.user())
    world.thaw_now(job)
    after = world.job(job)
    assert published(world) == [moved(after, "restored", after.restore_time)]


def test_should_publish_the_same_when_archive_died_before_it_could(world: World) -> None:
    job = world.due(world.user())
    world.seam.crash_at("before Publish")
    with pytest.raises(Crash):
        world.archive_now(job)
    assert published(world) == []
    world.archive_now(job)
    after = world.job(job)
    assert published(world) == [moved(after, "archived", after.archive_time)]


def test_should_publish_the_same_when_thaw_died_before_it_could(world: World) -> None:
    job = restored(world, world.user())
    world.seam.crash_at("before Publish")
    with pytest.raises(Crash):
        world.thaw_now(job)
    world.thaw_now(job)
    after = world.job(job)
    assert published(world) == [moved(after, "restored", after.restore_time)]


def test_should_tell_the_moves_apart_when_a_result_moves_twice(world: World) -> None:
    owner = world.user()
    job = restored(world, owner)
    world.thaw_now(job)
    world.cancel(owner)
    world.clock.advance(world.free_seconds)
    world.archive_now(job)
    first, second = published(world)
    assert (first.move, second.move) == ("restored", "archived")
    assert first.result_epoch < second.result_epoch
